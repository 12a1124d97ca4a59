"""核对: checks of the whole log, run beside the pages; each with its findings in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import PathParameter

from cycles.ledger import Finding
from cycles.service import Actor
from cycles.service.verifications import Checked, Verification
from cycles_api.assembly import Service
from cycles_api.pages.desk.contexts import CheckedPage, CheckRow, Problem, VerificationPage
from cycles_api.pages.desk.told import LogTold, cycle_of, entry_address
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Signing, Visit, Visiting
from cycles_api.rest.doing import Serving
from cycles_api.rest.log import export_name
from cycles_api.wording.findings import FINDINGS
from cycles_api.wording.language import Both

__all__ = ["CHECK_PAGES"]

#: A short log is checked before anybody has to wait for a second page.
_PATIENCE_S: Final = 2.0
_WORDS: Final[dict[str, Both]] = {
    "running": Both("正在核对：{percent}%", "Running: {percent}%"),
    "broken": Both("中断了，没有结果", "Broken off, without a result"),
    "unavailable": Both("数据库读不了，没有结果", "The database could not be read: no result"),
    "sound": Both("没有发现问题", "Nothing wrong"),
    "findings": Both("{count} 个问题", "Findings: {count}"),
    "upto": Both(
        "到 {when} 的那一条为止，共 {count} 条", "{count} entries, up to the one of {when}"
    ),
    "server": Both("学校的服务器", "The school's server"),
    "nobody": Both("（已删去的人）", "(somebody erased)"),
    "entries": Both("日志", "Entries"),
    "subjects": Both("链", "Chains"),
    "payloads": Both("内容", "Contents"),
    "erased_contents": Both("已删去的内容", "Contents erased"),
    "against": Both("和上一次核对的结尾对照", "Compared with the ends of an earlier check"),
    "took": Both("用时", "It took"),
    "number": Both("第 {number} 条", "entry {number}"),
    "count": Both("{count} 条", "{count}"),
    "chains": Both(
        "{count} 条（每个研讨、人、流程各一条）", "{count} (one a cycle, person, workflow)"
    ),
    "contents": Both("{count} 份", "{count}"),
    "ends": Both("{count} 个结尾都还在", "all {count} are still there"),
    "ends_asked": Both("对照了 {count} 个结尾", "{count} were asked for"),
    "seconds": Both("{seconds} 秒", "{seconds} s"),
}

Id = Annotated[str, PathParameter(pattern=r"^[0-9a-f-]{36}$")]


@get("/desk/verification", sync_to_thread=True)
def verification(visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """The checks that were made, and the button for another."""
    told = _CheckTold(service, signed.actor, visit)
    found = service.verifications.all(signed.actor)
    page = VerificationPage(
        checks=tuple(map(told.row, found)),
        running=next((_address(one.id) for one in found if one.runs), ""),
    )
    return rendered(visit.language, page, visit.around)


# Sent as a form: it costs the server more than any other page, so no link may start it.
@post("/desk/verification", sync_to_thread=True, status_code=303)
def verify(signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Begin a check of the school's whole log, or go on to the one that runs."""
    begun = service.verifications.begin(signed.actor)
    service.verifications.wait(begun, _PATIENCE_S)
    return go(_address(begun))


@get("/desk/verification/{check:str}", sync_to_thread=True)
def checked(check: Id, visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """How far a check is, or what it came to."""
    found = service.verifications.one(signed.actor, check)
    page = _CheckTold(service, signed.actor, visit).page(found)
    return rendered(visit.language, page, visit.around)


@get("/desk/verification/{check:str}/heads.json", sync_to_thread=True)
def heads(check: Id, signed: Signing, service: Serving) -> Response[bytes]:
    """Where each chain ended at a check, to keep and to compare with."""
    found = service.verifications.one(signed.actor, check)
    zone = service.core.view(signed.actor.school_id).row.zone
    named = f'attachment; filename="{_file_of(found, zone)}"'
    return Response(
        service.verifications.heads(signed.actor, check),
        media_type="application/json",
        headers={**HEADERS, "Content-Disposition": named},
    )


def _address(id: str) -> str:
    return f"/desk/verification/{id}"


def _file_of(found: Verification, zone: str) -> str:
    """Named for the day of the school on which it was begun."""
    begun = datetime.fromisoformat(found.begun_at).astimezone(ZoneInfo(zone))
    return f"cycles-heads-{begun.date().isoformat()}-{found.id[-6:]}.json"


class _CheckTold:
    """Checks, told to one person in one language."""

    def __init__(self, service: Service, actor: Actor, visit: Visit) -> None:
        self._service, self._actor, self._language = service, actor, visit.language
        self._log = LogTold(service, actor, visit.language)
        self._names = {p.pseudonym: p.name for p in self._log.view.directory.persons}

    def _say(self, name: str, **values: object) -> str:
        return _WORDS[name].in_language(self._language).format(**values)

    def row(self, one: Verification) -> CheckRow:
        """A check in the list."""
        came_to, tone = self._came_to(one)
        upto = ""
        if one.last is not None:
            upto = self._say("upto", when=self._log.moment(one.last[0]), count=one.total)
        unnamed = self._say("server" if one.by == "-" else "nobody")
        return CheckRow(
            to=_address(one.id),
            when=self._log.moment(one.begun_at),
            who=self._names.get(one.by, unnamed),
            upto=upto,
            came_to=came_to,
            tone=tone,
        )

    def _came_to(self, one: Verification) -> tuple[str, str]:
        if one.runs:
            return self._say("running", percent=_percent(one)), ""
        if one.unavailable:
            return self._say("unavailable"), "amber"
        if one.ended_at is None:
            return self._say("broken"), "amber"
        if one.found:
            return self._say("findings", count=one.found), "amber"
        return self._say("sound"), "green"

    def page(self, one: Verification) -> CheckedPage:
        """One check by itself."""
        came = one.checked
        file = _file_of(one, self._log.zone)
        return CheckedPage(
            check=self.row(one),
            runs=one.runs,
            percent=_percent(one),
            done=one.done,
            total=one.total,
            came=came is not None,
            checked=tuple(self._checked(one, came)) if came else (),
            problems=tuple(self._problems(came.findings)) if came else (),
            more=came.more if came else 0,
            heads=f"{_address(one.id)}/heads.json",
            file=file,
            digest=one.heads,
            command=f"cycles verify {export_name(self._service, self._actor)} --heads {file}",
        )

    def _checked(self, one: Verification, came: Checked) -> Iterator[tuple[str, str]]:
        """What was looked at, and how long it took."""
        say = self._say
        yield say("entries"), say("count", count=came.entries)
        yield say("subjects"), say("chains", count=came.subjects)
        yield say("payloads"), say("contents", count=came.payloads)
        yield say("erased_contents"), say("contents", count=came.erased)
        if one.against:
            lost = any(f.code in ("head_missing", "head_differs") for f in came.findings)
            yield say("against"), say("ends_asked" if lost else "ends", count=one.against)
        if one.ended_at is not None:
            ended, begun = map(datetime.fromisoformat, (one.ended_at, one.begun_at))
            seconds = max((ended - begun).total_seconds(), 0.01)
            yield say("took"), say("seconds", seconds=f"{seconds:.2f}")

    def _problems(self, findings: tuple[Finding, ...]) -> Iterator[Problem]:
        """Each finding in words, with the cycle by its title where there is one to read."""
        cycles = dict.fromkeys(c for f in findings if (c := cycle_of(f.subj or "")))
        titles = self._service.log.titles(self._actor, cycles)
        for finding in findings:
            where = to = ""
            if finding.subj is not None:
                title = titles.get(cycle_of(finding.subj))
                where = f"《{title}》" if title else finding.subj
                if title:
                    to = f"/cycles/{cycle_of(finding.subj)}"
                if finding.seq:
                    where = f"{where} · {self._say('number', number=finding.seq)}"
                    to = entry_address(finding.subj, finding.seq)
            yield Problem(
                sentence=FINDINGS[finding.code].in_language(self._language),
                where=where,
                to=to,
                detail=finding.detail,
                follows=finding.follows,
            )


def _percent(one: Verification) -> int:
    return min(99, 100 * one.done // one.total) if one.total else 0


CHECK_PAGES = (verification, verify, checked, heads)
