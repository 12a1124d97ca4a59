"""A staff list on a page: every fault in its cell, nothing lost between, never twice."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
import xlsxwriter

from cycles.service import operator_of

AT = "/school/import"


@pytest.fixture
def head(school, reads):
    """The head of a demo school of one's own."""
    return reads(school, "wu")


def _names(at):
    return {p.name for p in at.service.schools.people(operator_of(at.school.school_id))}


def _groups(at):
    view = at.service.core.view(at.school.school_id)
    return [
        (group.name, tuple(view.name(head) for head in group.heads))
        for group in at.service.schools.groups(operator_of(at.school.school_id))
    ]


def _carried(page):
    """What the list's form would send as it stands: everything but buttons and boxes."""
    form = page[page.index('/list"') : page.index("</form>", page.index('/list"'))]
    sent = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input[^>]*? name="([^"]+)" value="([^"]*)"', form)
        if name not in ("csrf", "out") and not name.startswith("a.")
    }
    listed = re.search(r'<textarea name="list" hidden>\n(.*?)</textarea>', form, re.S)
    return sent | {"list": html.unescape(listed[1])}


def _send(head, name, raw):
    """The list as a file."""
    return head.post(AT, files={"file": (name, raw)})


def test_a_good_list_is_shown_first_and_then_imported(school, head):
    """Nothing is there before it is confirmed; afterwards everybody is, and it can be undone."""
    page = _send(head, "名单.csv", "姓名,教研组,组长\n林小,音乐组,是\n江月,音乐组,\n".encode())
    assert page.status_code == 200
    assert "林小" not in _names(school)

    done = head.post(f"{AT}/list", do="all", **_carried(page.text))

    assert done.headers["location"] == f"{AT}?done=imported"
    assert {"林小", "江月"} <= _names(school)
    assert "新增 2 人" in head.get(AT).text
    assert head.post(f"{AT}/undone").headers["location"] == f"{AT}?done=undone"
    assert "林小" not in _names(school)


def test_a_list_with_duties_is_mended_and_imported(school, head):
    """The column of duties goes along while a row is mended; two groups in a cell are told."""
    page = head.post(
        AT, pasted="姓名\t教研组\t职务\n林小\t音乐组\t教研组长\n江月\t音乐组、美术组\t"
    )
    assert page.status_code == 422
    assert "写了不止一个教研组" in page.text

    sent = _carried(page.text)
    cell = next(name for name, value in sent.items() if value == "音乐组、美术组")
    done = head.post(f"{AT}/list", do="all", **(sent | {cell: "音乐组"}))

    assert done.headers["location"] == f"{AT}?done=imported"
    assert [p for p in _groups(school) if p[0] == "音乐组"] == [("音乐组", ("林小",))]


def test_the_same_file_twice_changes_nothing(school, head):
    """The second time the page says that all is there, and has no button to import."""
    raw = "姓名,教研组,组长\n林小,音乐组,是\n".encode()
    first = _send(head, "名单.csv", raw)
    head.post(f"{AT}/list", do="all", **_carried(first.text))
    before = school.service.core.store.changes_of(school.school.school_id)

    again = _send(head, "名单.csv", raw)

    assert "没有要导入的" in again.text
    assert 'value="all"' not in again.text
    head.post(f"{AT}/list", do="all", **_carried(again.text))
    assert school.service.core.store.changes_of(school.school.school_id) == before


def test_a_nervous_finger_imports_once(school, head):
    """Confirmed twice from one page: one import, though its answers ask for new people."""
    page = _send(head, "名单.csv", "姓名,教研组\n林小,音乐组\n林小,音乐组\n".encode())
    sent = _carried(page.text) | {"a.3.same_name": "new"}
    ready = head.post(f"{AT}/list", do="look", **sent)
    answers = dict(re.findall(r'name="(a\.3\.\d)" value="([^"]+)"', ready.text))
    sent = _carried(ready.text) | answers

    for _ in range(2):
        done = head.post(f"{AT}/list", do="all", **sent)
        assert done.headers["location"] == f"{AT}?done=imported"

    people = school.service.schools.people(operator_of(school.school.school_id))
    assert [p.name for p in people].count("林小") == 2


def test_faults_stand_in_their_cells_and_are_mended_there(school, head):
    """Each says what is wrong and what to do; mended on the page, the list goes in."""
    raw = "序号,姓名,教研组,工号\n1,李7,音乐组,\n2,江月,,9\n3,林小,音乐组,9\n4,合计,3人,\n"
    page = _send(head, "名单.csv", raw.encode())
    assert page.status_code == 422
    cell = re.search(r'name="c\.2\.name" value="李7"[^>]*aria-invalid="true"', page.text)
    assert cell
    assert 'id="c.3.group-e"' in page.text
    assert "补上教研组" in page.text

    mended = _carried(page.text) | {"c.2.name": "李七", "c.3.group": "音乐组"}
    page = head.post(f"{AT}/list", do="look", **mended)
    assert 'id="c.3.staff_no-e"' in page.text
    assert 'id="c.4.staff_no-e"' in page.text
    assert 'id="c.2.name"' not in page.text
    page = head.post(f"{AT}/list", do="look", out="4", **(_carried(page.text)))

    assert page.status_code == 200
    head.post(f"{AT}/list", do="all", **_carried(page.text))
    assert {"李七", "江月"} <= _names(school)
    assert "林小" not in _names(school)


def test_the_good_rows_can_go_in_while_the_others_wait(school, head):
    """What is faulty is left out, and said to be."""
    page = _send(head, "名单.csv", "姓名,教研组\n李7,音乐组\n江月,音乐组\n".encode())

    head.post(f"{AT}/list", do="good", **_carried(page.text))

    assert "江月" in _names(school)
    assert not any(name.startswith("李7") for name in _names(school))


def test_a_row_asks_who_is_meant(school, head):
    """Somebody of the directory has the name: the choices are they, or another person."""
    view = school.service.core.view(school.school.school_id)
    ma = school.school.people["ma"]
    name = view.name(ma)
    page = _send(head, "名单.csv", f"姓名,教研组\n{name},音乐组\n".encode())
    assert f'value="same:{ma}"' in page.text
    assert f"另一位{name}" in page.text

    answered = head.post(
        f"{AT}/list", do="look", **_carried(page.text), **{"a.2.same_name": f"same:{ma}"}
    )
    kept = dict(re.findall(r'name="(a\.2\.\d)" value="([^"]+)"', answered.text))
    head.post(f"{AT}/list", do="all", **_carried(answered.text), **kept)

    people = school.service.schools.people(operator_of(school.school.school_id))
    assert [p.name for p in people].count(name) == 1
    groups = school.service.core.view(school.school.school_id).groups
    assert [groups[g].name for g in next(p for p in people if p.id == ma).groups] == ["音乐组"]


def test_a_list_is_pasted_without_a_header(school, head):
    """Rows count as they were pasted; what cannot be read at all comes back to be mended."""
    page = head.post(AT, pasted="林小 音乐组 是\n江月")
    assert "第 2 行" in page.text
    assert 'id="c.3.group-e"' in page.text
    mended = _carried(page.text) | {"c.3.group": "音乐组"}
    page = head.post(f"{AT}/list", do="look", **mended)

    head.post(f"{AT}/list", do="all", **_carried(page.text))

    assert {"林小", "江月"} <= _names(school)
    nothing = head.post(AT, pasted=" \n ")
    assert nothing.status_code == 422
    assert 'role="alert"' in nothing.text


def _workbook():
    """Merged groups, formulas, duplicate numbers, an ID column, a remark below."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range("A1:E1", "育新小学教师名册")
    sheet.write_row(1, 0, ["教研组", "姓名", "工号", "组长", "身份证号"])
    sheet.merge_range("A3:A5", "音乐组")
    sheet.write_row(2, 1, ["林小", "101", "是", "420000199001010000"])
    sheet.write_row(3, 1, ["江月", "102", "", ""])
    sheet.write_row(4, 1, ["", "102", "", ""])
    sheet.write_formula(4, 1, '=CONCATENATE("丁","一")', None, "丁一")
    sheet.write_row(5, 0, ["美术组", '=HYPERLINK("http://x")', "103"])
    sheet.write_row(6, 0, ["填表人：吴若兰 13812345678"])
    book.close()
    return out.getvalue()


def test_an_odd_workbook_is_shown_with_its_faults_and_nothing_private(head):
    """Merged cells count for each row, a formula is its result or a fault; numbers stay out."""
    page = _send(head, "名册.xlsx", _workbook())

    text = page.text
    assert page.status_code == 422
    for row in (4, 5):
        assert f'id="c.{row}.staff_no-e"' in text
    assert 'value="丁一"' in text
    assert "身份证号从不保存" in text
    assert "420000199001010000" not in text
    assert "13812345678" not in text
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("名单.csv", "姓名,电话\n李芳,1\n".encode(), "姓名"),
        ("名单.xlsx", "姓名,教研组\n李芳,语文组\n".encode(), "不符"),
        ("名单.pdf", b"%PDF-1.7", ".xlsx"),
        ("名单.csv", b"x" * (5 * 1024 * 1024 + 5), "太大"),
        ("名单.csv", "姓名,教研组\n".encode(), "没有人"),
        ("名单.xlsx", b"PK\x03\x04" + b"\0" * 50, "坏"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(shown, reads, name, raw, said):
    """The reason stands on the page where another one is chosen."""
    answer = _send(reads(shown, "wu"), name, raw)

    assert answer.status_code == 422
    assert said in re.search(r'role="alert"><p>(.*?)</p>', answer.text)[1]


def test_a_list_of_gbk_and_five_megabytes_is_read(shown, reads):
    """What an old Excel saved as .csv is read; twenty thousand rows are told, not choked on."""
    raw = "姓名,教研组,备注\n林小,音乐组,x\n李7,音乐组,x\n".encode("gb18030")
    reader = reads(shown, "wu")
    assert 'value="李7"' in _send(reader, "名单.csv", raw).text

    rows = "".join(
        f"李{'一二三四五六七八九十'[n % 10]},音乐组,{'x' * 240}\n" for n in range(19_000)
    )
    big = ("姓名,教研组,备注\n" + rows).encode()
    assert 4_900_000 < len(big) < 5 * 1024 * 1024
    answer = _send(reader, "名单.csv", big)

    assert answer.status_code == 422
    assert answer.text.count('class="card" aria-labelledby="r-') == 50


def test_names_that_are_markup_are_shown_as_text(shown, reads):
    """A cell of script is a fault like any other, and runs nowhere."""
    raw = "姓名,教研组\n<script>alert(1)</script>,<b>组</b>\n".encode()

    page = _send(reads(shown, "wu"), "名单.csv", raw).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("who", ["zheng", "song", "ma", "shen"])
def test_a_list_is_for_those_who_keep_the_directory(shown, reads, who):
    """Nobody else sees the page, or sends one."""
    reader = reads(shown, who)

    assert reader.get(AT).status_code == 403
    assert reader.post(AT, pasted="林小 音乐组").status_code == 403
    assert reader.post(f"{AT}/list", do="all", list="姓名,教研组\n林小,x\n").status_code == 403
