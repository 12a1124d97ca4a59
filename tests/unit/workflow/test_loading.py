"""A workflow file is sound, or every fault is told with its place."""

import re
from pathlib import Path

import pytest

from cycles.errors import WorkflowFileError
from cycles.workflow.loading import load

ROOT = Path(__file__).resolve().parents[3]
BASE = re.search(r"```yaml\n(.*?)```", (ROOT / "workflows/README.md").read_text("utf-8"), re.S)
assert BASE
SOUND = BASE[1]


def codes(text: str | bytes) -> dict[str, tuple[int, int]]:
    """The faults of a text, code → (line, column)."""
    with pytest.raises(WorkflowFileError) as told:
        load(text, "x.yaml")
    return {f.code: (f.line, f.column) for f in told.value.faults}


def test_the_example_of_the_readme_loads():
    """What the README shows is a sound workflow."""
    assert load(SOUND, "x.yaml").key == "book-talk"


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        "{" * 100_000,
        "a: " * 50_000,
        "- " * 100_000,
        "x" * 600_000,
        b"\xff\xfe\x00",
        "\ud800",
        "a: &a [*a]",
        "? [a]\n: 1",
        "? {a: 1}\n: 1",
        "42",
        "- 1",
        "roles: 3\nstates: []",
        "\ufeffworkflow: x",
        "a: 99999999999999999999999",
        "states:\n" + "".join(f"  s{i}: 态\n" for i in range(10_000)),
    ],
    ids=range(17),
)
def test_hostile_files_get_an_answer(text):
    """Whatever the text is, the answer is a list of faults and never a traceback."""
    assert codes(text)
