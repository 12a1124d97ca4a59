"""What is written to a workbook is read from it: texts as texts, whatever they begin with."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from cycles_api.workbook import Sheet, workbook

#: Anything people type; control characters and parts of characters are another promise.
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=40)
BEGINNINGS = st.sampled_from(["", "=", "+", "-", "@", "=cmd|'/c calc'!A1", "http://", "007", "1e5"])
CELLS = st.one_of(
    st.builds(str.__add__, BEGINNINGS, TEXTS),
    st.integers(-(10**9), 10**9),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)


def _read(made):
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_every_cell_comes_back_as_what_it_was(rows):
    """Texts, numbers and days, each of its own kind; nothing becomes a formula or a link."""
    made = workbook([Sheet(title="表", columns=["甲", "乙"], rows=rows)])

    header, *found = _read(made)
    assert header == ["甲", "乙"]
    # The sheet ends with the last row that has something in it.
    wanted = [list(row) for row in rows]
    while wanted and not any(cell != "" for cell in wanted[-1]):
        wanted.pop()
    assert found[: len(wanted)] == wanted
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_text_breaks_the_file(text):
    """Control characters and halves of characters included: the file opens, the rest is there."""
    made = workbook([Sheet(title="表", columns=["甲", "乙"], rows=[[text, "后面"]])])

    assert _read(made)[1][1] == "后面"


@pytest.mark.parametrize("title", ["", "'", "甲" * 40, "[1]:*?/\\2"])
def test_any_title_makes_a_sheet(title):
    """What Excel does not take as a sheet's name is left out of it."""
    assert _read(workbook([Sheet(title=title, columns=["甲"], rows=[["乙"]])])) == [["甲"], ["乙"]]
