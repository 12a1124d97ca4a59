"""One request for each row of the access matrix: an operation, and what it is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.web.access_school import AccessSchool

__all__ = ["ABSENT", "CYCLES", "SEEN", "Asked", "probes", "rows"]

#: Cycles that are looked at, from the one that most may see to the one of another school.
SEEN = ("draft", "evaluate", "revise", "research", "visit2", "visit", "chinese", "away")
CYCLES = (*SEEN, "verify")
#: Stands for what is nowhere, in the form that it would have.
ABSENT = {
    "cycle": "01a12dda-0000-7000-8000-00000000dead",
    "digest": "0" * 64,
    "person": "01a12dda-0000-7000-8000-00000000beef",
    "group": "01a12dda-0000-7000-8000-00000000feed",
}


@dataclass(frozen=True)
class Asked:
    """A request; `match` where the cycle's revision is to be sent along."""

    method: str
    path: str
    body: Any = None
    match: bool = False
    file: bytes | None = None
    #: What in it names something that others may not know of, and a name of nothing instead.
    known: str = ""
    absent: str = ""
    #: What a file claims to be.
    ending: str = "pdf"

    @property
    def changes(self) -> bool:
        """Whether an accepted one leaves something changed."""
        return self.method == "POST" and not self.path.endswith("/what-if")

    def of_nothing(self) -> Asked | None:
        """The same about something that is nowhere; `None` if it names nothing."""
        if not self.known:
            return None
        body = _replaced(self.body, self.known, self.absent)
        path = self.path.replace(self.known, self.absent)
        return Asked(self.method, path, body, self.match, self.file)


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, old, new) for inner in value]
    return new if value == old else value


def rows(school: AccessSchool) -> dict[str, Asked]:
    """`operation target` → the request."""
    names, people = school.names, school.people
    found = {
        "healthz": Asked("GET", "/healthz"),
        "explain_problem": Asked("GET", "/problems/blocked"),
        "me": Asked("GET", "/api/v1/me"),
        "my_tasks": Asked("GET", "/api/v1/me/tasks"),
        "workflows": Asked("GET", "/api/v1/workflows"),
        "workflow": Asked("GET", "/api/v1/workflows/lesson-study"),
        "diagram": Asked("GET", "/api/v1/workflows/lesson-study/diagram"),
        "people": Asked("GET", "/api/v1/people"),
        "groups": Asked("GET", "/api/v1/groups"),
        "calendar": Asked("GET", "/api/v1/calendar"),
        "dashboard": Asked("GET", "/api/v1/dashboard"),
        "log": Asked("GET", "/api/v1/log"),
        "export_log": Asked("GET", "/api/v1/log/export"),
        "sample": Asked("GET", "/api/v1/log/sample"),
        "verification": Asked("GET", "/api/v1/log/verification"),
        "find_cycles": Asked("GET", "/api/v1/cycles"),
        "send_file": Asked("POST", "/api/v1/files", file=b"%PDF-1.4 new"),
    }
    for digest in ("plan_file", "ma_file"):
        path = f"/api/v1/files/{names[digest]}"
        found[f"fetch_file {digest}"] = _named(Asked("GET", path), names[digest], ABSENT["digest"])
    for operation, what in (
        ("one_cycle", ""),
        ("transitions", "/transitions"),
        ("records", "/records"),
        ("history", "/history"),
    ):
        for name in SEEN:
            found[f"{operation} {name}"] = _at(school, name, "GET", what)
    found |= {
        f"{key} {name}": _at(school, name, "POST", path, body, match=match)
        for (key, name), (path, body, match) in _changes(names, people).items()
    }
    for name, group in (("maths", "maths_group"), ("away", "away_group")):
        body = {
            "workflow": "lesson-study",
            "group": names[group],
            "subject": {"lesson": "新", "grade": "六", "discipline": "数学"},
            "roles": {"teacher": [people["liu"]]},
        }
        opened = Asked("POST", "/api/v1/cycles", body)
        found[f"open_cycle {name}"] = _named(opened, names[group], ABSENT["group"])
    follows = {"kind": "tracking", "answers": names["visit"]}
    body = {"workflow": "classroom-visit", "group": names["chinese_group"], "subject": follows}
    body["roles"] = {"teacher": [people["zhou"]]}
    opened = Asked("POST", "/api/v1/cycles", body)
    found["open_cycle after_visit"] = _named(opened, names["visit"], ABSENT["cycle"])
    cycle = names["draft"]
    plan = {"document": {"digest": names["ma_file"], "name": "a.pdf"}}
    filed = {"record": "lesson_plan", "fields": plan}
    named = Asked("POST", f"/api/v1/cycles/{cycle}/records", filed, match=True)
    found["file_record ma_file"] = _named(named, names["ma_file"], ABSENT["digest"])
    invited = {"verb": "add", "role": "expert", "to": people["far"], "reason": "请"}
    named = Asked("POST", f"/api/v1/cycles/{cycle}/lifecycle", invited, match=True)
    found["lifecycle far"] = _named(named, people["far"], ABSENT["person"])
    for name, who in (("bo", "bo"), ("away", "far")):
        erased = Asked("POST", f"/api/v1/people/{people[who]}/erasure")
        found[f"erase_person {name}"] = _named(erased, people[who], ABSENT["person"])
    return found


def _changes(
    names: Mapping[str, str], people: Mapping[str, str]
) -> dict[tuple[str, str], tuple[str, Any, bool]]:
    """(operation, cycle) → path, body, whether it needs the revision."""
    proposal = {"record": "proposal", "fields": {"theme": "新", "why": "因为"}}
    reason = "因为"
    found: dict[tuple[str, str], tuple[str, Any, bool]] = {
        ("advance", "draft"): ("/transitions", {"transition": "approve"}, True),
        ("file_record", "draft"): ("/records", proposal, True),
        ("lifecycle", "draft"): ("/lifecycle", {"verb": "suspend", "reason": reason}, True),
        ("confirm", "evaluate"): (f"/records/{names['typed']}/confirm", None, False),
        ("reveal", "evaluate"): ("/records/three_ones/reveal", None, False),
        ("sign", "research"): ("/records/research_proposal/sign", None, False),
        ("answer_point", "revise"): (
            f"/feedback/{names['revise_a']}/answer",
            {"disposition": "adopted"},
            False,
        ),
        ("answer_point", "evaluate"): (
            f"/feedback/{names['hidden_point']}/answer",
            {"disposition": "adopted"},
            False,
        ),
        ("verify_point", "verify"): (
            f"/feedback/{names['verify_a']}/verify",
            {"outcome": "worked"},
            False,
        ),
        ("merge_points", "revise"): (
            "/feedback/merge",
            {"points": [names["revise_b"]], "into": names["revise_a"]},
            False,
        ),
    }
    note = {"record": "visit_note", "fields": {"on_paper": True}}
    everywhere: dict[str, tuple[str, Any, bool]] = {
        "what_if": ("/what-if", {"commands": [{"command": "confirm", "filing": "1"}]}, False),
        "advance": ("/transitions", {"transition": "record"}, True),
        "file_record": ("/records", note, True),
        "lifecycle": ("/lifecycle", {"verb": "cancel", "reason": reason}, True),
        "confirm": ("/records/1/confirm", None, False),
        "reveal": ("/records/visit_note/reveal", None, False),
        "sign": ("/records/visit_note/sign", None, False),
        "answer_point": ("/feedback/1.1/answer", {"disposition": "adopted"}, False),
        "verify_point": ("/feedback/1.1/verify", {"outcome": "worked"}, False),
        "merge_points": ("/feedback/merge", {"points": ["1.1"], "into": "1.2"}, False),
    }
    found |= {(key, name): told for key, told in everywhere.items() for name in ("visit", "away")}
    trial = {"commands": [{"command": "advance", "transition": "approve"}]}
    found["what_if", "draft"] = ("/what-if", trial, False)
    return found


def _at(
    school: AccessSchool,
    name: str,
    method: str,
    what: str,
    body: Any = None,
    *,
    match: bool = False,
) -> Asked:
    cycle = school.names[name]
    asked = Asked(method, f"/api/v1/cycles/{cycle}{what}", body, match)
    return _named(asked, cycle, ABSENT["cycle"])


def _named(asked: Asked, known: str, absent: str) -> Asked:
    return Asked(asked.method, asked.path, asked.body, asked.match, asked.file, known, absent)


def probes(school: AccessSchool) -> list[Asked]:
    """Asking around with filters, pages and trials: what nobody may see must not show."""
    names, people = school.names, school.people
    cycles, log = "/api/v1/cycles", "/api/v1/log"
    found = [f"{cycles}?{q}" for q in ("limit=1", "ended=false", "workflow=classroom-visit")]
    for group in ("maths", "chinese", "away"):
        found += [f"{at}?group={names[f'{group}_group']}" for at in (cycles, log)]
    for who in ("liu", "zhou", "zheng", "far"):
        found += [f"{cycles}?{by}={people[who]}" for by in ("person", "waiting")]
        found.append(f"{log}?person={people[who]}")
    found += [f"{cycles}?in_state={state}" for state in ("visit", "recorded", "draft")]
    found += [f"{log}?cycle={names[name]}" for name in SEEN]
    found += [f"{log}?{q}" for q in ("limit=1", "late=false", "waived=false", "typed=true")]
    sample = f"{log}/sample?seed=7&size=200"
    found += [sample, *(f"{sample}&of=entries&group={names[g]}" for g in ("maths_group",))]
    found += [f"{log}?act={act}" for act in ("open", "file", "excuse", "answer")]
    found += [f"{cycles}/{names[n]}/history?limit=1" for n in SEEN]
    found += [f"/api/v1/workflows/{v}" for v in ("classroom-visit", "0" * 64)]
    return [*(Asked("GET", path) for path in found), *_trials(school)]


def _trials(school: AccessSchool) -> Iterator[Asked]:
    """Every command tried in every cycle, about people of all kinds."""
    plain: list[dict[str, Any]] = [
        {"command": "file", "record": "minutes", "fields": {"agreed": "x"}},
        {"command": "file", "record": "three_ones", "fields": {}},
        {"command": "answer", "point": "19.1", "disposition": "adopted"},
        {"command": "verify", "point": "17.1", "outcome": "worked"},
        {"command": "merge", "points": ["19.1"], "into": "17.1"},
        {"command": "reveal", "record": "three_ones"},
        {"command": "sign", "record": "research_proposal"},
        {"command": "waive", "guard": "three_ones", "reason": "x"},
    ]
    ways = ("approve", "finish_evaluating", "finish", "finish_planning", "close", "record", "none")
    plain += [{"command": "advance", "transition": way} for way in ways]
    plain += [{"command": "confirm", "filing": str(number)} for number in range(1, 25)]
    verbs = ("suspend", "resume", "cancel", "withdraw", "reopen")
    plain += [{"command": "turn", "verb": verb, "reason": "x"} for verb in verbs]
    told = [_about(school, who) for who in ("liu", "zhou", "du", "shen", "far")]
    for name in CYCLES:
        path = f"/api/v1/cycles/{school.names[name]}/what-if"
        for first in range(0, len(plain), 20):
            yield Asked("POST", path, {"commands": plain[first : first + 20]})
        # Apart, for somebody unknown spoils all of a request.
        for about in told:
            yield Asked("POST", path, {"commands": about})


def _about(school: AccessSchool, who: str) -> list[dict[str, Any]]:
    """Commands that name somebody."""
    days = {"since": "2026-10-13", "until": "2026-10-14", "reason": "x"}
    to = {"command": "staff", "to": school.people[who], "reason": "x"}
    roles = ("teacher", "chair", "member", "expert", "visitor", "none")
    own = {"role": "teacher", "person": school.people["liu"]}
    return [
        {"command": "excuse", "person": school.people[who], **days},
        *({**to, "verb": "add", "role": role} for role in roles),
        {**to, **own, "verb": "reassign"},
        {**to, **own, **days, "verb": "substitute"},
    ]
