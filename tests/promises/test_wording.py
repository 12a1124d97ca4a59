"""Whatever the programme answers with, people are told in their language."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import cycles
from cycles import errors
from cycles.engine.lamps import LAMPS, LampState
from cycles.ledger import FINDING_CODES
from cycles.school import STAFF_LIST_CODES
from cycles.school.staff_codes import ANSWERS
from cycles.workflow.definition import (
    DISPOSITIONS,
    ENGINE_STATES,
    GUARD_KINDS,
    LIFECYCLE_VERBS,
    RESERVED_ACTS,
)
from cycles_api import errors as web_errors
from cycles_api.problems import STATUS, explain
from cycles_api.wording import ERRORS
from cycles_api.wording.acts import DISPOSITIONS as SAID_DISPOSITIONS
from cycles_api.wording.acts import DO, DONE, STATES, VERBS
from cycles_api.wording.backups import BACKUPS
from cycles_api.wording.explained import CALENDAR, CONFLICTS, IDEMPOTENCY
from cycles_api.wording.faults import FAULTS, LABELS
from cycles_api.wording.findings import FINDINGS
from cycles_api.wording.lamps import LAMP_CODES, LAMP_NOUNS, LAMP_STATES, LAMP_TITLES
from cycles_api.wording.language import Both
from cycles_api.wording.staff import STAFF
from cycles_api.wording.tasks import STEPS
from cycles_api.wording.unavailable import UNAVAILABLE
from cycles_api.wording.verdicts import GUARDS, VERDICTS

SOURCE = Path(cycles.__file__).parent
WEB = Path(web_errors.__file__).parent

#: Calls that hold a code, and where: a keyword, else the position.
FAULT_CALLS = {"FieldFault": ("code", 1), "_fault": ("code", 1)}
LAMP_CALLS = {"_lamp": ("code", 2)}
VERDICT_CALLS = {"_unmet": ("code", 2), "unmet": ("code", 2), "_closed": ("code", 3)}
#: Packages whose `_fault` are faults of what people send; a workflow file's carry their message.
SENT = ("engine", "service", "school", "store", "cycles_api")


def trees(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every module below the folders, parsed."""
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def texts(node: ast.AST | None) -> set[str]:
    """The string constants of an expression."""
    found = ast.walk(node) if node is not None else ()
    return {n.value for n in found if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def codes_in_calls(tree: ast.Module, calls: dict[str, tuple[str, int]]) -> set[str]:
    """The constant codes that are given to these calls."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else name
        if name not in calls:
            continue
        keyword, position = calls[name]
        given = next((k.value for k in node.keywords if k.arg == keyword), None)
        if given is None and len(node.args) > position:
            given = node.args[position]
        if isinstance(given, (ast.Constant, ast.IfExp)):
            found |= texts(given)
    return found


def fault_codes() -> set[str]:
    """Every code of a field's fault that is written anywhere in the source."""
    found: set[str] = set()
    for path, tree in trees(SOURCE, WEB):
        if not set(SENT) & set(path.parts):
            continue
        found |= codes_in_calls(tree, FAULT_CALLS)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "code" for t in node.targets
            ):
                found |= texts(node.value if isinstance(node.value, ast.IfExp) else None)
    forms = ast.parse((SOURCE / "engine" / "forms.py").read_text(encoding="utf-8"))
    for function in ast.walk(forms):
        if isinstance(function, ast.FunctionDef) and function.returns is not None:
            if ast.unparse(function.returns) != "str | None":
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
                    found |= texts(node.value)
                if isinstance(node, ast.IfExp):
                    found |= {
                        n.value
                        for n in (node.body, node.orelse)
                        if isinstance(n, ast.Constant) and isinstance(n.value, str)
                    }
    return found


def verdict_codes() -> set[str]:
    """Every code of an unmet guard that is written in the engine."""
    found = {"met"}
    for _, tree in trees(SOURCE / "engine"):
        found |= codes_in_calls(tree, VERDICT_CALLS)
    return found


def remedy_acts() -> set[str]:
    """The first part of every `do` that the engine writes."""
    found: set[str] = set()
    calls = {"Remedy": ("do", 0), "Task": ("do", 1), "_needing": ("do", 3), "needing": ("do", 3)}
    for _, tree in trees(SOURCE / "engine"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name not in calls:
                continue
            keyword, position = calls[name]
            given = next((k.value for k in node.keywords if k.arg == keyword), None)
            if given is None and len(node.args) > position:
                given = node.args[position]
            if isinstance(given, ast.JoinedStr):
                given = given.values[0]
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                found.add(given.value.partition(":")[0])
    return found


def error_classes() -> list[type[errors.CyclesError]]:
    """Every class of the two trees of errors."""
    found: list[type[errors.CyclesError]] = []
    left: list[type[errors.CyclesError]] = [errors.CyclesError]
    while left:
        kind = left.pop()
        found.append(kind)
        left += kind.__subclasses__()
    return [k for k in found if k.__module__.startswith("cycles")]


@pytest.mark.parametrize("kind", error_classes(), ids=lambda k: k.__name__)
def test_every_error_has_a_sentence_and_a_status(kind: type[errors.CyclesError]) -> None:
    """Whatever is raised on purpose has a title, a meaning and a status of its own."""
    told = explain(kind.code)

    assert told is not None
    assert 400 <= told["status"] <= 599


def test_titles_and_statuses_are_of_the_same_codes() -> None:
    """No status without a sentence, no sentence without a status."""
    assert set(ERRORS) == set(STATUS)


def test_every_fault_of_a_field_has_a_sentence() -> None:
    """Each code that a field's fault may have can be told to whoever filled it in."""
    codes = fault_codes()

    assert len(codes) > 25
    assert codes - set(FAULTS) == set()


def test_every_verdict_has_a_sentence() -> None:
    """Each code of an unmet guard can be told to whoever waits for it."""
    codes = verdict_codes()

    assert len(codes) > 12
    assert codes - set(VERDICTS) == set()


def test_a_sentence_of_one_kind_of_guard_names_a_kind_there_is() -> None:
    """`changed.missing` speaks of the guard `changed`, which exists."""
    assert {c.partition(".")[0] for c in VERDICTS if "." in c} <= set(GUARD_KINDS)


def test_every_kind_of_guard_has_a_name() -> None:
    """What has to come first can be named, whatever guards it."""
    assert set(GUARDS) == set(GUARD_KINDS)


def test_everything_to_do_has_a_sentence() -> None:
    """Each remedy and each task can be told, to oneself and about others."""
    acts = remedy_acts()

    assert {"file", "answer", "decide", "waive"} <= acts
    assert acts - set(STEPS) == set()
    assert acts - set(DO) == set()


def test_everything_the_log_names_has_a_sentence() -> None:
    """Each act of the engine, each verb, each state of its own and each answer has a word."""
    assert set(RESERVED_ACTS) <= set(DONE)
    assert set(LIFECYCLE_VERBS) == set(VERBS)
    assert set(ENGINE_STATES) == set(STATES)
    assert set(DISPOSITIONS) < set(SAID_DISPOSITIONS)


def test_everything_the_log_tells_of_the_school_has_a_word() -> None:
    """Each act by which the service changes people, groups, days and workflows can be read."""
    acts = {
        text
        for _, tree in trees(SOURCE / "service")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for text in (
            texts(node.args[1] if len(node.args) > 1 else None)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "enter"
            else texts(next((k.value for k in node.keywords if k.arg == "act"), None))
        )
    }

    assert {"add_person", "define", "disable", "set_term"} <= acts
    assert acts - set(DONE) == set()


def test_every_conflict_has_a_sentence() -> None:
    """Each reason why something contradicts what is there comes with a way out."""
    reasons = {
        text
        for _, tree in trees(SOURCE / "service")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ConflictError"
        for keyword in node.keywords
        if isinstance(keyword.value, ast.Dict)
        for key, value in zip(keyword.value.keys, keyword.value.values, strict=True)
        if texts(key) == {"reason"}
        for text in texts(value)
    }

    assert len(reasons) > 5
    assert reasons == set(CONFLICTS)


def test_every_code_of_a_staff_list_has_a_sentence() -> None:
    """Whoever imports a list is told of each row and column in their language."""
    assert set(STAFF_LIST_CODES) | set(ANSWERS) == set(STAFF)


def test_every_finding_of_a_check_has_a_sentence() -> None:
    """Whoever verifies a log is told what is wrong in their language."""
    assert set(FINDINGS) == set(FINDING_CODES)


def test_every_contradiction_of_dates_has_a_sentence() -> None:
    """Each reason that a calendar or directory refuses for is told."""
    reasons: set[str] = set()
    for _, tree in trees(SOURCE / "school"):
        reasons |= codes_in_calls(tree, {"CalendarError": ("reason", 0)})

    assert len(reasons) > 10
    assert reasons <= set(CALENDAR)


def test_every_reason_why_nothing_can_be_stored_has_a_sentence() -> None:
    """Whether to try again or to tell the administrator is said for each."""
    reasons: set[str] = set()
    for _, tree in trees(SOURCE / "store"):
        reasons |= codes_in_calls(tree, {"StoreUnavailableError": ("reason", 1)})
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_REASONS":
                assert isinstance(node.value, ast.Dict)
                reasons |= {text for value in node.value.values for text in texts(value)}

    assert len(reasons) > 5
    assert reasons | {"unreachable"} == set(UNAVAILABLE)


def test_every_reason_why_a_backup_fails_has_a_sentence() -> None:
    """Whoever needs a backup most is told in their language what to do."""
    tree = ast.parse((SOURCE / "service" / "backups.py").read_text(encoding="utf-8"))

    assert codes_in_calls(tree, {"BackupError": ("reason", 0)}) == set(BACKUPS)


def all_sentences() -> Iterator[tuple[str, Both]]:
    """Every pair of sentences, with its code."""
    tables = (FAULTS, LABELS, VERDICTS, STEPS, DO, VERBS, STATES, DONE, SAID_DISPOSITIONS, STAFF)
    for table in (*tables, BACKUPS, CALENDAR, IDEMPOTENCY, UNAVAILABLE, FINDINGS, GUARDS):
        yield from table.items()
    for code, said in ERRORS.items():
        yield code, said.title
        yield code, said.meaning


@pytest.mark.parametrize(("code", "both"), list(all_sentences()))
def test_both_languages_are_there(code: str, both: Both) -> None:
    """Chinese holds Chinese, English holds none, and no value is shown in English alone."""
    values = {
        language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for language, text in zip(("zh", "en"), both, strict=True)
    }
    in_chinese, in_english = (any("一" <= c <= "鿿" for c in text) for text in both)

    assert in_chinese or both.zh == "{what}"
    assert not in_english or code == "no-header"
    assert values["en"] <= values["zh"]


def test_nobody_is_called_overdue() -> None:
    """A teacher is told 该做了, never that they are late."""
    assert not [code for code, both in all_sentences() if "逾期" in both.zh]


def test_every_lamp_says_why_it_is_lit_or_not() -> None:
    """Each of the five has its words, and each reason that the engine gives has a sentence."""
    codes: set[str] = set()
    for _, tree in trees(SOURCE / "engine"):
        codes |= codes_in_calls(tree, LAMP_CALLS)

    assert codes == set(LAMP_CODES)
    assert set(LAMPS) == set(LAMP_TITLES) == set(LAMP_NOUNS)
    assert set(get_args(LampState)) == set(LAMP_STATES)
