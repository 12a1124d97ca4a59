"""抽样: a sample by a stated seed, on a page to work through, to print and to check by hand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter

from cycles.ledger import MAX_SAMPLE, SEED
from cycles.service import Actor, require
from cycles.service.samples import DrawnOne, SampleAnswer, SampleQuestion
from cycles_api.assembly import Service
from cycles_api.pages.desk.contexts import Draw, Option, SamplePage, SampleRow
from cycles_api.pages.desk.told import LogTold, entry_address
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.visiting import Signing, Visit, Visiting
from cycles_api.pages.told.cycle import line_told
from cycles_api.rest.doing import Serving
from cycles_api.rest.samples import INSTANT
from cycles_api.wording import Language
from cycles_api.wording.language import Both

__all__ = ["SAMPLE_PAGES"]

_SIZE: Final = 10
_IS_SEED: Final = re.compile(SEED).fullmatch
_IS_INSTANT: Final = re.compile(INSTANT).fullmatch
_WORDS: Final[dict[str, Both]] = {
    "cycles": Both("研讨", "Cycles"),
    "entries": Both("日志里的一条一条", "Single entries of the log"),
    "all_groups": Both("所有教研组", "All groups"),
    "seed_fault": Both(
        "种子用字母、数字、点、横线，最多 64 个；不带空格和汉字，抄写才不会走样。",
        "A seed has letters, digits, `.`, `_` and `-`, at most 64: they survive being copied.",
    ),
    "size_fault": Both("填 1 到 {most} 之间的数。", "A number from 1 to {most}."),
    "day_fault": Both("日期写成 2026-05-11 这样。", "Write a date like 2026-05-11."),
    "school": Both("学校", "School"),
    "drawn": Both("抽出", "Drawn"),
    "of_cycles": Both("{size} 个研讨，从 {count} 个里", "{size} of {count} cycles"),
    "of_entries": Both("{size} 条日志，从 {count} 条里", "{size} of {count} entries"),
    "seed": Both("种子", "Seed"),
    "group": Both("教研组", "Group"),
    "days": Both("时间", "Time"),
    "since": Both("{day}起", "from {day}"),
    "until": Both("到{day}", "until {day}"),
    "before": Both("只算这以前记下的", "Recorded before"),
    "digest": Both("名单的指纹", "Fingerprint of the list"),
    "by": Both("谁抽的", "Drawn by"),
}

Text = Annotated[str, QueryParameter(required=False, max_length=100)]


@get("/desk/sample", sync_to_thread=True)
def sample(
    visit: Visiting,
    signed: Signing,
    service: Serving,
    of: Text = "",
    seed: Text = "",
    size: Text = "",
    group: Text = "",
    since: Text = "",
    until: Text = "",
    before: Text = "",
) -> Response[Any]:
    """What to draw from; with a size and a seed, the sample at an address that stays the same."""
    require("log", signed.actor)
    given = {"of": of, "seed": seed.strip(), "size": size.strip(), "group": group}
    given |= {"since": since, "until": until, "before": before}
    if not given["size"]:
        return _page(visit, service, signed.actor, given)
    asked, faults = _question(service, given, visit.language)
    if asked is None:
        return _page(visit, service, signed.actor, given, faults)
    if not given["seed"] or asked.before is None:
        # Whoever looks again, or is sent the address, finds the very same.
        whole = {**given, "seed": asked.seed, "before": service.samples.settled()}
        return _to({name: value for name, value in whole.items() if value})
    answer = service.samples.draw(signed.actor, asked)
    draw = _Told(service, signed.actor, visit, answer).draw()
    return _page(visit, service, signed.actor, given, draw=draw)


def _to(query: Mapping[str, str]) -> Response[Any]:
    headers = {**HEADERS, "Location": f"/desk/sample?{urlencode(query)}"}
    return Response(None, status_code=303, headers=headers)


def _question(
    service: Service, given: Mapping[str, str], language: Language
) -> tuple[SampleQuestion | None, dict[str, str]]:
    """What the form asks; `None` with what is wrong in it."""
    faults = {}
    if given["seed"] and not _IS_SEED(given["seed"]):
        faults["seed"] = _say(language, "seed_fault")
    size = int(given["size"]) if re.fullmatch("[0-9]{1,3}", given["size"]) else 0
    if not 1 <= size <= MAX_SAMPLE:
        faults["size"] = _say(language, "size_fault", most=MAX_SAMPLE)
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            faults[name] = _say(language, "day_fault")
    if faults:
        return None, faults
    of: Literal["cycles", "entries"] = "entries" if given["of"] == "entries" else "cycles"
    before = given["before"] if _IS_INSTANT(given["before"]) else None
    asked = SampleQuestion(
        of=of,
        seed=given["seed"] or service.samples.seed(),
        size=size,
        group=given["group"] or None,
        since=days["since"],
        until=days["until"],
        before=before,
    )
    return asked, {}


def _page(
    visit: Visit,
    service: Service,
    actor: Actor,
    given: Mapping[str, str],
    faults: Mapping[str, str] = MappingProxyType({}),
    draw: Draw | None = None,
) -> Response[Any]:
    view = service.core.view(actor.school_id)
    of = given["of"] or "cycles"
    groups = [("", _say(visit.language, "all_groups"))]
    groups += sorted(((g.id, g.name) for g in view.groups.values()), key=lambda g: g[1])
    page = SamplePage(
        of=tuple(
            Option(value=name, label=_say(visit.language, name), chosen=name == of)
            for name in ("cycles", "entries")
        ),
        groups=tuple(
            Option(value=id, label=name, chosen=id == given["group"]) for id, name in groups
        ),
        since=given["since"],
        until=given["until"],
        size=given["size"] or str(_SIZE),
        seed=given["seed"],
        most=MAX_SAMPLE,
        faults=dict(faults),
        draw=draw,
    )
    return rendered(visit.language, page, visit.around)


class _Told:
    """A sample, told to one person in one language."""

    def __init__(self, service: Service, actor: Actor, visit: Visit, answer: SampleAnswer) -> None:
        self._service, self._actor, self._visit, self._answer = service, actor, visit, answer
        self._log = LogTold(service, actor, visit.language)

    def draw(self) -> Draw:
        """All of it."""
        asked, drawn = self._answer.asked, self._answer.drawn
        first = drawn[0].id if drawn else ""
        check = f"printf '%s' {shlex.quote(f'{asked.seed}:{first}')} | sha256sum"
        return Draw(
            rows=tuple(self._row(number, one) for number, one in enumerate(drawn, 1)),
            facts=tuple(self._facts()),
            digest=self._answer.digest,
            command=_command(asked),
            check=check if drawn else "",
        )

    def _row(self, number: int, one: DrawnOne) -> SampleRow:
        line = line_told(self._service, self._actor, one.cycle, self._visit.language)
        if one.entry is None:
            what, when, to = "", self._log.moment(one.cycle.opened_at), line.to
        else:
            looked = self._log.looked(one.entry, one.cycle.title)
            what, when = f"{looked.who} {looked.what}", looked.recorded
            to = entry_address(one.entry.subj, one.entry.seq)
        return SampleRow(
            number=number,
            to=to,
            title=line.title,
            what=what,
            group=line.group,
            where=line.where if one.entry is None else "",
            when=when,
            place=one.place[:12],
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        asked, answer = self._answer.asked, self._answer

        def say(name: str, **values: object) -> str:
            return _say(self._visit.language, name, **values)

        yield say("school"), self._visit.around.school
        yield say("drawn"), say(f"of_{asked.of}", size=len(answer.drawn), count=answer.count)
        yield say("seed"), asked.seed
        if asked.group is not None:
            group = self._log.view.groups.get(asked.group)
            yield say("group"), group.name if group else asked.group
        days = [
            say(name, day=self._log.day(day.isoformat()))
            for name, day in (("since", asked.since), ("until", asked.until))
            if day is not None
        ]
        if days:
            yield say("days"), " ".join(days)
        yield say("before"), self._log.moment(asked.before or "")
        yield say("by"), self._visit.around.name


def _command(asked: SampleQuestion) -> str:
    """The line that draws it again from an export."""
    days = {"since": asked.since, "until": asked.until}
    options = {
        "of": asked.of,
        "seed": asked.seed,
        "size": str(asked.size),
        "group": asked.group,
        **{name: day.isoformat() for name, day in days.items() if day is not None},
        "before": asked.before,
    }
    said = [f"--{name} {shlex.quote(value)}" for name, value in options.items() if value]
    return " ".join(["cycles sample export.zip", *said])


def _say(language: Language, name: str, **values: object) -> str:
    return _WORDS[name].in_language(language).format(**values)


SAMPLE_PAGES = (sample,)
