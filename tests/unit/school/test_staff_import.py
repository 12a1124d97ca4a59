"""A school's own staff list becomes people, groups and appointments, and nothing else."""

import struct
import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
import xlwt

from cycles.errors import StaffListError
from cycles.school import (
    GROUP_HEAD,
    STAFF_LIST_CODES,
    TEACHER,
    Appointment,
    Directory,
    EndedAppointment,
    Group,
    ImportReceipt,
    Person,
    UndoPlan,
    UndoRefusal,
    parse_staff_list,
    plan_import,
    plan_undo,
    read_rows,
)

DAY, BEFORE = date(2026, 9, 1), date(2026, 8, 31)
ID_CARD, PHONE = "420000199001010000", "13812345678"


def xlsx(rows) -> bytes:
    """A workbook whose second sheet has these rows under a merged title."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("封面").write(0, 0, "看下一页")
    sheet = book.add_worksheet()
    sheet.merge_range("A1:E1", f"育才小学教师名册 电话 {PHONE}")
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return out.getvalue()


def xls() -> bytes:
    """An old workbook with a group merged over two rows."""
    out = BytesIO()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    sheet.write_merge(0, 0, 0, 2, "名册")
    for column, cell in enumerate(["姓名", "教研组", "身份证号"]):
        sheet.write(1, column, cell)
    sheet.write(2, 0, "张三")
    sheet.write(3, 0, "李四")
    sheet.write(3, 2, ID_CARD)
    sheet.write_merge(2, 3, 1, 1, "语文组")
    book.save(out)
    return out.getvalue()


def plan(text: str, directory: Directory | None = None, answers=None, **more):
    """The plan for rows written with spaces between and commas within."""
    rows = [line.split(",") for line in text.split()]
    return plan_import(parse_staff_list(rows), directory or Directory(), answers, day=DAY, **more)


def outcomes(planned) -> list[tuple[int, str, tuple[str, ...]]]:
    """The report in short."""
    return [(r.row, r.outcome, r.codes) for r in planned.rows]


def school(*posts: tuple[str, str, str, str]) -> Directory:
    """(person, name, role, group) each; groups are their own ids."""
    return Directory(
        persons=tuple(
            {
                who: Person(id=who, pseudonym=f"p_{who}", name=name) for who, name, _, _ in posts
            }.values()
        ),
        groups=tuple(Group(id=g, name=g) for g in sorted({p[3] for p in posts})),
        appointments=tuple(
            Appointment(id=f"a{n}", person=who, role=role, group=group, from_date=date(2025, 9, 1))
            for n, (who, _, role, group) in enumerate(posts)
        ),
    )


def test_a_real_list_is_read_and_private_columns_leave_no_trace():
    """Header under a merged title on the second sheet; identity and phone numbers vanish."""
    data = xlsx(
        [
            ["姓名", "教研组", "组长", "身份证号", "手机"],
            ["张　三", "语文组", "是", ID_CARD, PHONE],
            ["李四", "语文组", "", ID_CARD, int(PHONE)],
            [f"王五{PHONE}", "数学组", "", "", ""],
            ["合计", "3人", "", "", PHONE],
        ]
    )

    rows = read_rows(data, "名册.XLSX")
    listed = parse_staff_list(rows)
    planned = plan_import(listed, Directory(), day=DAY, only_good=True)

    assert outcomes(planned) == [
        (3, "new", ("made_head",)),
        (4, "new", ()),
        (5, "fault", ("name_unreadable",)),
        (6, "skipped", ("total",)),
    ]
    assert [p.name for p in planned.persons] == ["张三", "李四"]
    assert [a.role for a in planned.appointments] == [GROUP_HEAD, TEACHER]
    assert [(c.column, c.why) for c in planned.ignored_columns] == [(4, "id-card"), (5, "phone")]
    told = repr((rows, listed, planned))
    assert ID_CARD not in told
    assert PHONE not in told


def test_old_excel_files_and_merged_groups_are_read():
    """An .xls gives the same rows; a group merged over two rows counts for both."""
    rows = read_rows(xls(), "a.xls")

    assert rows[2:] == [["张三", "语文组", ""], ["李四", "语文组", ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_either_encoding(encoding, delimiter):
    """All three delimiters and both encodings give the same list."""
    text = "名册\r\n姓名,教研组\r\n张三,语文组\r\n".replace(",", delimiter)

    rows = read_rows(text.encode(encoding), "a.csv")

    assert [line.name for line in parse_staff_list(rows).lines] == ["张三"]


def bomb() -> bytes:
    """A small zip that unpacks to 70 MB."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 70_000_000)
    return out.getvalue()


def far_cell() -> bytes:
    """A workbook of two cells that spans 300 million."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "姓名")
    sheet.write(19_000, 16_000, "x")
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.csv", "empty"),
        (b"x" * (5 * 1024 * 1024 + 1), "a.csv", "too-large"),
        (b"x", "a.pdf", "unknown-kind"),
        (b"PK\x03\x04", "a.csv", "not-what-it-says"),
        (b"<html><table>", "a.xls", "not-what-it-says"),
        (b"%PDF-1.7", "a.xlsx", "not-what-it-says"),
        (b"PK\x03\x04 nonsense", "a.xlsx", "broken"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 2000, "a.xls", "broken"),
        ("姓名,教研组\n张三\0,语文组".encode(), "a.csv", "nul"),
        ("姓名,教研组".encode("utf-16"), "a.csv", "encoding"),
        (b"\xff\xff\xff", "a.csv", "encoding"),
        ("姓名,班级\n张三,一班".encode(), "a.csv", "no-header"),
        (("姓名,教研组\n" + "张三,语文组\n" * 20_001).encode(), "a.csv", "too-many-rows"),
        (bomb(), "a.xlsx", "zip-bomb"),
        (far_cell(), "a.xlsx", "too-many-cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused(data, name, reason):
    """Each hostile or mistaken file is refused with its reason."""
    with pytest.raises(StaffListError) as refused:
        read_rows(data, name)

    assert refused.value.reason == reason
    assert reason in STAFF_LIST_CODES


def test_a_lie_about_the_size_of_an_old_sheet_is_mended():
    """A claim of petabytes does not reach the parser, which would abort the process."""
    honest = xls()
    at = honest.find(struct.pack("<HH", 0x200, 14)) + 4
    lie = honest[:at] + struct.pack("<IIHH", 0, 0x0FFFFFFF, 0, 0xFFF0) + honest[at + 12 :]

    assert read_rows(lie, "a.xls") == read_rows(honest, "a.xls")


def test_a_known_person_stays_and_a_namesake_is_asked_about():
    """Same name and group is known; same name elsewhere asks, and nothing is imported."""
    there = school(("1", "张三", TEACHER, "语文组"))

    assert plan("姓名,教研组 张三,语文组", there).appointments == ()
    asked = plan("姓名,教研组 张三,数学组 李四,数学组", there)

    assert outcomes(asked) == [(2, "asks", ("same_name",)), (3, "new", ())]
    assert [c.id for c in asked.rows[0].candidates] == ["1"]
    assert not asked.ok
    assert asked.persons == asked.groups == asked.appointments == ()


def test_an_answer_moves_the_person_or_makes_a_new_one():
    """`same` ends the old group's appointment the day before; `new` leaves it alone."""
    there, text = school(("1", "张三", TEACHER, "语文组")), "姓名,教研组 张三,数学组"

    moved, new = plan(text, there, {2: "same:1"}), plan(text, there, {2: "new"})

    assert moved.rows[0].outcome == "moved"
    assert moved.ended == (EndedAppointment(id="a0", until_date=BEFORE, was_until=None),)
    assert moved.appointments[0].person == "1"
    assert new.rows[0].outcome == "new"
    assert new.ended == ()
    assert plan(text, there, {2: "same:9"}).rows[0].codes == ("bad_answer",)


def test_namesakes_within_the_file_are_asked_about_unless_numbered():
    """Two rows of one name ask; different staff numbers tell them apart."""
    assert outcomes(plan("姓名,教研组 张三,语文组 张三,数学组"))[1][1] == "asks"
    one = plan("姓名,教研组 张三,语文组 张三,数学组", answers={3: "same:row:2"})
    two = plan("姓名,教研组,工号 张三,语文组,A7 张三,数学组,B9")

    assert (len(one.persons), len(one.appointments)) == (1, 2)
    assert len(two.persons) == 2


def test_good_rows_alone_can_be_imported():
    """A faulty row stops everything, unless only the good ones are asked for."""
    text = "姓名,教研组 张三,语文组 李四,"

    assert not plan(text).ok
    good = plan(text, only_good=True)

    assert good.ok
    assert [p.name for p in good.persons] == ["张三"]


def test_a_second_head_is_asked_about():
    """A new head beside the present one asks; `instead` keeps the old one as a member."""
    there = school(("1", "王五", GROUP_HEAD, "语文组"))
    text = "姓名,教研组,组长 张三,语文组,是"

    assert outcomes(plan(text, there)) == [(2, "asks", ("two_heads",))]
    instead = plan(text, there, {2: "instead"})

    assert [e.id for e in instead.ended] == ["a0"]
    assert {(a.person, a.role) for a in instead.appointments} == {
        ("row:2", GROUP_HEAD),
        ("1", TEACHER),
    }
    assert plan(text, there, {2: "member"}).appointments[0].role == TEACHER


def test_the_head_column_may_repeat_the_heads_name():
    """A name in the head column appoints that person; an unknown one is a fault."""
    named = plan("姓名,教研组,组长 张三,语文组,李四 李四,语文组,李四")

    assert [(a.person, a.role) for a in named.appointments] == [
        ("row:2", TEACHER),
        ("row:3", GROUP_HEAD),
    ]
    assert plan("姓名,教研组,组长 张三,语文组,赵六").rows[0].codes == ("head_unclear",)


def test_a_column_of_duties_says_who_heads_a_group():
    """As schools keep their lists: 教研组长 among other duties; heads of other things head none."""
    listed = plan(
        "姓名,教研组,职务 张三,语文组,教研组长、班主任 李四,语文组,年级组长 "
        "王五,数学组,数学组长 赵六,数学组,校长 钱七,英语组,"
    )

    assert {(a.person, a.role) for a in listed.appointments if a.role == GROUP_HEAD} == {
        ("row:2", GROUP_HEAD),
        ("row:4", GROUP_HEAD),
    }
    assert listed.ok
    assert listed.ignored_columns == ()


def test_a_head_column_stands_before_duties():
    """Where the list says plainly who heads what, duties are not read."""
    listed = plan("姓名,教研组,职务,组长 张三,语文组,教研组长, 李四,语文组,,是")

    assert [a.person for a in listed.appointments if a.role == GROUP_HEAD] == ["row:3"]
    assert [c.why for c in listed.ignored_columns] == ["not-needed"]


def test_the_last_import_can_be_undone_until_it_is_used():
    """Undo removes what was made and reopens what was ended; use of any of it refuses."""
    ended = EndedAppointment(id="a0", until_date=BEFORE, was_until=None)
    receipt = ImportReceipt(persons=("p",), appointments=("a",), ended_appointments=(ended,))

    undo = plan_undo(receipt, frozenset())
    refused = plan_undo(receipt, frozenset({"p", "other"}))

    assert undo == UndoPlan(persons=("p",), groups=(), appointments=("a",), reopen=(ended,))
    assert isinstance(refused, UndoRefusal)
    assert [(o.kind, o.id) for o in refused.obstacles] == [("person", "p")]


def test_two_names_never_share_a_staff_number():
    """Each such row says so, and the others are as good as before; the same name may come twice."""
    listed = parse_staff_list(
        [
            ["姓名", "教研组", "工号"],
            ["李芳", "语文组", "7"],
            ["王强", "语文组", "7"],
            ["赵敏", "数学组", "8"],
            ["赵敏", "语文组", "8"],
        ]
    )

    plan = plan_import(listed, Directory(), day=date(2026, 9, 1))

    assert [row.codes for row in plan.rows[:2]] == [("staff_no_twice",)] * 2
    assert [row.outcome for row in plan.rows[2:]] == ["new", "new"]
