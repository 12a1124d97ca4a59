"""A staff list on its way to its import: mended cell by cell, it means what it meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cycles.school import StaffSheet, from_paste, parse_staff_list, read_rows

CELLS = st.text(
    st.sampled_from(list('李芳王强语文组数学 ,"\n;\t=是否合计备注:13912345678 ')), max_size=20
)
ROWS = st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=12)
TITLES = ["序号", "姓名", "教研组", "组长", "电话"]


def _read(text):
    return read_rows(text.encode(), "list.csv")


@given(above=st.integers(0, 5), rows=ROWS)
def test_a_sheet_says_row_for_row_what_the_list_said(above, rows):
    """Carried through a form and read back, every row has its number and its meaning."""
    listed = [[""] * 5] * above + [TITLES] + [["1", "李芳", "语文组", "", ""]] + rows
    quoted = "\n".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in listed
    )
    rows = _read(quoted)
    sheet = StaffSheet.of(rows)

    again = parse_staff_list(_read(sheet.text))

    assert again.lines == parse_staff_list(rows).lines


def test_what_is_never_stored_is_not_carried_on():
    """Telephone numbers, in their column or in a name, are gone before a page shows the sheet."""
    sheet = StaffSheet.of(_read("姓名,教研组,电话\n李芳13912345678,语文组,13912345678\n"))

    assert "139" not in sheet.text


def test_a_cell_is_mended_in_its_row_and_no_other():
    """The row keeps its number; what is no cell of the sheet changes nothing."""
    sheet = StaffSheet.of(_read("名单\n姓名,教研组\n李7,语文组\n王强,\n"))
    assert sheet.cell(3, "name") == "李7"

    mended = sheet.mended({(3, "name"): "李芳", (4, "group"): "语文组", (9, "name"): "x"})

    lines = parse_staff_list(_read(mended.text)).lines
    assert [(line.row, line.name, line.good) for line in lines] == [
        (3, "李芳", True),
        (4, "王强", True),
    ]
    assert sheet.mended({(3, "staff_no"): "7"}) == sheet
    assert sheet.cell(9, "name") == ""


def test_a_row_taken_out_leaves_the_others_at_their_numbers():
    """It becomes a blank row, which nobody asks about."""
    sheet = StaffSheet.of(_read("姓名,教研组\n李芳,语文组\n王强,语文组\n"))

    lines = parse_staff_list(_read(sheet.without({2}).text)).lines

    assert [(line.row, line.skipped) for line in lines] == [(2, "blank"), (3, None)]


def test_a_list_may_be_pasted_without_a_header():
    """Tabs, commas of both kinds and spaces part the cells of a line."""
    text, added = from_paste("李芳\t语文组\t是\n王强，语文组\n赵敏 数学组")

    lines = parse_staff_list(_read(text)).lines

    assert added == 1
    assert [(line.name, line.group, line.head) for line in lines] == [
        ("李芳", "语文组", True),
        ("王强", "语文组", False),
        ("赵敏", "数学组", False),
    ]
