"""Two versions compared: whatever the texts, nothing is lost and nothing is told that is not so."""

from hypothesis import example, given
from hypothesis import strategies as st

from cycles.service.comparing import compare

#: Few different characters and words, so that much is alike and much is moved.
_PARAGRAPH = st.text(st.sampled_from("的一学生 说,a1b.\n"), min_size=1, max_size=40)
_TEXT = st.lists(_PARAGRAPH, max_size=12)


def _joined(side):
    return ["".join(run.text for run in runs) for runs in side if runs is not None]


@given(old=_TEXT, new=_TEXT)
@example(old=["ab"], new=["ba"])
@example(old=["x" * 4000] * 3, new=["xy" * 3000] * 5)
def test_both_versions_can_be_put_together_again(old, new):
    """Each side of the rows, read one after the other, is that version word for word."""
    rows = compare(old, new)

    assert _joined(row.old for row in rows) == old
    assert _joined(row.new for row in rows) == new


@given(old=_TEXT, new=_TEXT)
def test_what_is_marked_as_the_same_is_the_same_on_both_sides(old, new):
    """Without the marks for gone and new, both sides of a row read alike."""
    for row in compare(old, new):
        if row.old is not None and row.new is not None:
            kept = ["".join(r.text for r in s if r.mark == "same") for s in (row.old, row.new)]
            assert kept[0] == kept[1]
        marks = {run.mark for run in row.old or ()}, {run.mark for run in row.new or ()}
        assert "new" not in marks[0]
        assert "gone" not in marks[1]


@given(old=_TEXT, new=_TEXT)
def test_a_change_is_always_marked(old, new):
    """A row without any mark is the same on both sides; one text compared with itself has none."""
    for row in compare(old, new):
        runs = (*(row.old or ()), *(row.new or ()))
        assert row.same == all(run.mark == "same" for run in runs)
    assert all(row.same for row in compare(new, new))


def test_a_paragraph_that_was_put_in_moves_nothing():
    """One more paragraph in the middle is one new row; all others are the same."""
    old = ["目标:会读百分数", "情境:看标签", "小结:老师说"]

    rows = compare(old, [old[0], "质疑:留三分钟", *old[1:]])

    assert [row.same for row in rows] == [True, False, True, True]
    assert rows[1].old is None


def test_a_revised_sentence_stands_beside_what_it_was():
    """Of a sentence only the words that changed are marked, also where another came before it."""
    rows = compare(["小结由老师说,共三条"], ["先质疑三分钟", "小结由学生说,共三条"])

    assert rows[0].old is None
    assert [run.text for run in rows[1].old if run.mark == "gone"] == ["老师"]
    assert [run.text for run in rows[1].new if run.mark == "new"] == ["学生"]


def test_a_text_made_to_vex_is_told_more_coarsely():
    """Where words would take too long, the middle is told as replaced, and still whole."""
    old, new = "头" + "ab" * 20_000 + "尾", "头" + "ba " * 20_000 + "尾"

    (row,) = compare([old], [new])

    assert [run.mark for run in row.old] == ["same", "gone", "same"]
    assert _joined([row.old, row.new]) == [old, new]
