"""A workflow file is sound, or every fault is told with its place."""

import re
import sys
from pathlib import Path
from typing import get_args

import pytest

from cycles.errors import WorkflowFileError
from cycles.workflow.definition import GUARD_KINDS, FieldType
from cycles.workflow.loading import load
from cycles_api.pages.term.plan_items import ITEMS

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "workflows/README.md").read_text("utf-8")
BASE = re.search(r"```yaml\n(workflow: book-talk.*?)```", README, re.S)
assert BASE
SOUND = BASE[1]


def codes(text: str | bytes) -> dict[str, tuple[int, int]]:
    """The faults of a text, code → (line, column)."""
    with pytest.raises(WorkflowFileError) as told:
        load(text, "x.yaml")
    return {f.code: (f.line, f.column) for f in told.value.faults}


def test_the_examples_of_the_readme_load():
    """What the README shows are sound workflows, the Chinese one too."""
    shown = re.findall(r"```yaml\n(.*?)```", README, re.S)

    assert [load(text, "x.yaml").key for text in shown] == ["study-trip", "book-talk"]


def test_the_readme_names_every_type_of_field_and_every_guard():
    """Whoever writes a workflow need not read the code to learn what there is."""
    chinese, english = README.split("# In English")
    names = {*get_args(FieldType), *GUARD_KINDS}

    assert {name for name in names if f"`{name}`" not in chinese} == set()
    assert {name for name in names if f"`{name}`" not in english} == set()


def test_the_readme_names_what_the_schools_plan_is_known_by():
    """Each key by which a sentence of the plan finds its workflow, but for the shipped ones."""
    chinese, _ = README.split("# In English")

    assert all(
        any(f"`{key}`" in chinese or f"{key}.yaml" in chinese for key in i.workflows) for i in ITEMS
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("start: read", "start: raed", "unknown-state"),
        ("    by: speaker", "    by: speeker", "unknown-role"),
        ("    by: speaker", "    by: os.system", "unknown-role"),
        ("{record: summary}", "{record: sumary}", "unknown-record"),
        ("    one_per: []", "    one_pre: []", "unknown-key"),
        ("    title: 小结", "    title: Summary", "chinese-title"),
        ("  finish:\n", "  cancel:\n", "reserved-name"),
        ("    to: done", "    to: talk", "unreachable"),
        ("    to: done", "    to: read", "unbounded-loop"),
        ("    to: done\n    by: chair", "    to: done\n    side: true\n    by: chair", "dead-end"),
        ("{title: 已结束, final: true}", "已结束", "dead-end"),
        ("{record: summary}", "{record: summary, at_least: 2}", "at-least"),
        ("{record: summary}", "{record: summary, by: [member], all: true}", "filed-by"),
        ("    one_per: []", "    one_per: []\n    file_in: [read]\n    merge: chair", "merge"),
        ("open: {by: group.head}", "open: {by: chair}", "open-by"),
        ("count: 1, among: group.members", "count: 2..1, among: group.members", "unfillable-role"),
        ("- filed: {record: summary}", "- separate: {role: chair}", "separate-nobody"),
        ("- filed: {record: summary}", "- rounds: {at_least: 3}", "rounds-beyond"),
        ("- filed: {record: summary}", "- not: {filed: {record: summary}}", "not"),
        ("- filed: {record: summary}", "- answered: {points: summary}", "no-points"),
        ("- filed: {record: summary}", "- distinct: {field: summary.text}", "fact-type"),
        (
            "- filed: {record: summary}",
            "- filed: {record: summary}\n      - filed: {record: note}",
            "guard-id",
        ),
        ("title: 收获}", "title: 收获, fact: true}", "text-as-fact"),
        ("title: 收获}", "title: 收获, type: text}", "duplicate-key"),
        ("required: true, title: 收获", "required: yes, title: 收获", "value"),
        ("required: true, title: 收获", "min: 1.5, title: 收获", "number"),
        ("start: read", "start: &a read", "alias"),
        ("start: read", "start: !!str read", "tag"),
        ("start: read", "start:", "no-value"),
        ("start: read", "start: re\0ad", "character"),
        ("start: read", "start: [", "yaml"),
        ("start: read", "start: read\n---\nx: 1", "several-documents"),
        ("title: 收获}", "title: 收获}\n      p: {type: points, title: 点}", "points-unanswered"),
        ("  read: 读书", "  suspended: 读书", "reserved-name"),
        ("  read: 读书", "  lost: 丢失\n  read: 读书", "unreachable"),
        (
            "to: talk\n    by: chair",
            "to: talk\n    auto: true\n    reason: true\n    by: chair",
            "auto",
        ),
    ],
)
def test_each_fault_has_its_code_and_place(old, new, code):
    """One thing wrong in a sound file is told by its code, with a line and column."""
    assert old in SOUND

    found = codes(SOUND.replace(old, new, 1))

    assert code in found
    assert min(found[code]) >= 1


def test_a_fault_points_at_line_and_column():
    """The place is that of the wrong name."""
    found = codes(SOUND.replace("start: read", "start: raed", 1))

    assert found["unknown-state"] == (3, 1)


def test_all_faults_come_at_once():
    """Two unknown names are told together, in file order."""
    text = SOUND.replace("start: read", "start: raed", 1).replace("to: done", "to: dnoe", 1)

    with pytest.raises(WorkflowFileError) as told:
        load(text, "x.yaml")

    assert "did you mean `read`" in str(told.value)
    assert "did you mean `done`" in str(told.value)


LAUGHS = "a0: &a0 ha\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
NESTED = "".join(" " * depth + f"k{depth}:\n" for depth in range(1000))
NEVER_SOUND = {
    "nothing": "",
    "a comment": "# workflow: x",
    "a list in lists": "[" * 100_000,
    "a map in maps": "{" * 100_000,
    "keys of keys": "a: " * 50_000,
    "dashes": "- " * 100_000,
    "questions": "? " * 100_000,
    "a list as key": "? " + "[" * 500 + "]" * 500 + "\n: 1",
    "by indentation": NESTED,
    "one long word": "x" * 600_000,
    "five megabytes": "# " + "x" * 5_000_000,
    "five megabytes of bytes": b"\xff" * 5_000_000,
    "utf-16": "workflow: x".encode("utf-16"),
    "utf-16 without a mark": "workflow: x".encode("utf-16-le"),
    "utf-32": "workflow: x".encode("utf-32"),
    "gb18030": "workflow: 读书会".encode("gb18030"),
    "cut in a character": SOUND.encode()[: SOUND.encode().index("小结".encode()) + 1],
    "lone surrogate": SOUND.replace("小结", "\ud800"),
    "bytes of a surrogate": SOUND.encode().replace("小结".encode(), b"\xed\xa0\x80"),
    "nul": SOUND.replace("小结", "小\0结"),
    "escaped nul": SOUND.replace("title: 小结", 'title: "小\\0结"'),
    "escape": SOUND.replace("小结", "小\x1b[31m结"),
    "mark in the middle": SOUND.replace("小结", "小\ufeff结"),
    "aliases": "a: &a [*a]",
    "exploding aliases": LAUGHS,
    "merged keys": SOUND.replace("start: read", "<<: {start: read}\nstart: read"),
    "python object": SOUND.replace(
        "start: read", "start: !!python/object/apply:os.system ['true']"
    ),
    "own tag": SOUND.replace("start: read", "start: !start read"),
    "binary": SOUND.replace("start: read", "start: !!binary cmVhZA=="),
    "yaml 9.9": "%YAML 9.9\n---\n" + SOUND,
    "dotted callable": SOUND.replace("by: chair", "by: builtins.eval", 1),
    "a call": SOUND.replace("by: chair", "by: __import__('os')", 1),
    "template": SOUND.replace("by: chair", "by: '{{ 7*7 }}'", 1),
    "a number as key": "42: 1",
    "a number": "42",
    "a list": "- 1",
    "sections of another kind": "roles: 3\nstates: []\nrecords: x\ntransitions: true",
    "huge number": SOUND.replace("count: 1,", f"count: {'9' * 400},", 1),
    "huge quoted number": SOUND.replace("count: 1,", f"count: '{'9' * 400}',", 1),
    "infinity": SOUND.replace("count: 1,", "count: .inf,", 1),
    "octal": SOUND.replace("count: 1,", "count: 0o17,", 1),
    "same key": SOUND + "start: read\n",
    "same key 20,000 times": "start: read\n" * 20_000,
    "10,000 states": "states:\n" + "".join(f"  s{n}: 态\n" for n in range(10_000)),
    "10,000 of unknown keys": "".join(f"k{n}: 1\n" for n in range(10_000)),
    "10,000 unknown names": SOUND.replace(
        "by: chair", "by: [" + ", ".join(f"who{n}" for n in range(10_000)) + "]", 1
    ),
    "100,000 values": "states: [" + "a, " * 100_000 + "]",
    "a long key": "k" * 100_000 + ": 1",
    "two documents": SOUND + "---\n" + SOUND,
    "tabs": SOUND.replace("  read: 读书", "\tread: 读书"),
}


@pytest.mark.parametrize("text", NEVER_SOUND.values(), ids=NEVER_SOUND)
def test_hostile_files_get_an_answer(text):
    """Whatever the text is, the answer is a list of faults with places and never a traceback."""
    with pytest.raises(WorkflowFileError) as told:
        load(text, "x.yaml")

    assert told.value.faults
    assert all(f.line >= 1 and f.column >= 1 and f.message for f in told.value.faults)
    assert len(str(told.value)) < 500_000


@pytest.mark.parametrize("escape", ["\\0", "\\e", "\\r", "\\x7f", "\\N", "\\uFEFF"])
def test_a_character_written_as_an_escape_is_told_at_its_place(escape):
    """What may not stand in a file may not be smuggled into a value or a key either."""
    in_value = SOUND.replace("title: 小结", f'title: "小{escape}结"')
    in_key = SOUND.replace("start: read", f'start: read\n"st{escape}art": read')

    assert codes(in_value)["character"] == _place(in_value, '"小')
    assert codes(in_key)["character"] == _place(in_key, '"st')


def test_lines_and_tabs_may_be_written_as_escapes():
    """A line end and a tab inside a text are no fault."""
    assert load(SOUND.replace("title: 小结", r'title: "小\t\n结"'), "x.yaml")


def _place(text: str, part: str) -> tuple[int, int]:
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(
    "written",
    [
        SOUND.encode(),
        SOUND.encode("utf-8-sig"),
        "\ufeff" + SOUND,
        SOUND.replace("\n", "\r\n"),
        SOUND.replace("\n", "\r\n").encode(),
        SOUND + "...\n",
        "---\n" + SOUND,
    ],
    ids=["bytes", "bom", "bom-in-text", "windows", "windows-bytes", "end-mark", "start-mark"],
)
def test_editors_write_the_same_workflow(written):
    """A byte order mark, line ends of Windows and document marks change nothing."""
    assert load(written, "x.yaml") == load(SOUND, "x.yaml")


def test_nothing_in_a_file_is_imported_or_evaluated(monkeypatch):
    """A file full of callables loads no module and calls none of them."""
    called = []
    monkeypatch.setattr("os.system", called.append)
    before = set(sys.modules)

    codes(SOUND.replace("start: read", "start: !!python/object/apply:os.system ['true']"))
    codes(SOUND.replace("by: chair", "by: os.system", 1))
    codes(SOUND.replace("by: chair", "by: antigravity.geohash", 1))

    assert called == []
    assert "antigravity" not in set(sys.modules) - before


def test_large_files_within_the_limits_are_proven():
    """200 states and 500 ways are no fault as such; one more state is."""
    states = "".join(f"  s{n}: 第{n}步\n" for n in range(199))
    ways = "".join(
        f"  w{n}:\n    title: 走\n    from: s{n}\n    to: {f's{n + 1}' if n < 198 else 'done'}\n"
        "    by: chair\n"
        for n in range(199)
    )
    text = (
        "workflow: long\ntitle: 很长\nstart: s0\nopen: {by: group.head}\n"
        "roles:\n  chair: {title: 主持人, count: 1, default: group.head}\n"
        f"states:\n{states}  done: {{title: 完, final: true}}\ntransitions:\n{ways}"
    )

    assert len(load(text, "x.yaml").workflow.states) == 200
    assert "too-many" in codes(text.replace("  done:", "  more: 多\n  done:"))
