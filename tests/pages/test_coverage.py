"""Report lessons of a term and its plan: who sees what, and the same as a workbook."""

import io
import re
import zipfile
from datetime import date, timedelta
from html import unescape

from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from cycles.engine.commands import Open, Turn
from cycles.school.coverage import by_sound
from cycles.service import Given, operator_of
from cycles.service.tokens import actor_of
from cycles.workflow.loading import load

TEACHERS = {"陈可", "何静怡", "刘思雨", "马晓东", "钱慧", "宋明远", "周子墨"}
#: What no page says of anybody.
SHAMING = ("逾期", "未完成", "落后", "排名第", "拖延", "overdue", "behind", "failed")


def _told(page):
    """Teacher → standing, in the page's order."""
    found = {}
    for row in (
        page.text.split('<ul class="roll">')[1].split("</ul>\n<p")[0].split('class="whose"')[1:]
    ):
        name = re.search(r"<strong>(.*?)</strong>", row)
        found[name.group(1) if name else ""] = re.search(r'class="tag is-\w+">(.*?)<', row).group(1)
    return found


def _sheet(answer, number=0):
    """A sheet of a workbook, as rows of values."""
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(number).to_python()


def _lamps(text):
    """The lamps of the first cycle in a text: what is said of each."""
    first = text.split('<ul class="lamps"')[1].split("</ul>")[0]
    return [unescape(re.sub(r"<.*?>", "", li)) for li in re.findall(r"<li.*?</li>", first)]


# --- report lessons ------------------------------------------------------------------------


def test_a_deputy_sees_each_teacher_once_by_name(ask):
    """Done, under way or not arranged yet; in the order of the names, and nobody is shamed."""
    page = ask("zheng", "/coverage")

    told = _told(page)
    assert set(told) == TEACHERS
    assert list(told) == sorted(told, key=by_sound)
    assert told["刘思雨"] == "已完成"
    assert {told["宋明远"], told["钱慧"]} == {"还没安排"}
    assert told["马晓东"] == "进行中"
    assert not [word for word in SHAMING if word in page.text]


def test_under_way_means_waiting_for_somebody(ask):
    """Each lesson leads to its cycle, says whom it waits for, and shows its lamps."""
    page = ask("zheng", "/coverage")

    row = page.text.split("<strong>何静怡</strong>")[1].split("</li>\n<li>")[0]
    assert "《平行四边形的面积》" in row
    assert re.search(r'href="/cycles/[0-9a-f-]{36}"', row)
    assert "教学反思" in row
    assert _lamps(row) == ["✓有计划", "○总结：还没有", "✓有反馈", "✓有整改", "✓有实效"]


def test_those_not_arranged_yet_are_one_tap_away(ask):
    """The list is narrowed, and the counts stay those of all."""
    page = ask("zheng", "/coverage?standing=not_arranged")

    assert list(_told(page)) == ["钱慧", "宋明远"]
    assert "还没安排 2" in page.text
    assert "全部 7" in page.text


def test_what_is_due_is_said_with_whom_it_waits_for(ask):
    """Other workflows included; a day that has passed is called due, not late."""
    due = ask("zheng", "/coverage").text.split('id="due"')[1]

    first = due.split("<li")[1]
    assert "百分数的意义" in first
    assert "中的一位</strong> 交“活动记录”" in first
    assert "该做了" in first
    assert "听课反馈" in due


def test_a_group_head_sees_the_own_group(shown, ask):
    """Neither the teachers of others, nor their groups by the address."""
    page = ask("song", "/coverage")

    assert set(_told(page)) == {"宋明远", "刘思雨", "马晓东", "何静怡"}
    assert ask("song", f"/coverage?group={shown.group('语文教研组')}").status_code == 404
    assert ask("song", f"/coverage.xlsx?group={shown.group('语文教研组')}").status_code == 404


def test_a_deputy_chooses_a_group(shown, ask):
    """The same, narrowed to one of them."""
    page = ask("zheng", f"/coverage?group={shown.group('语文教研组')}")

    assert list(_told(page)) == ["陈可", "钱慧", "周子墨"]


def test_a_teacher_sees_nobody_else(ask):
    """Their own lessons, no count of others, no plan; the workbook has no more."""
    page = ask("ma", "/coverage")

    assert "我的汇报课" in page.text
    assert "小数乘整数" in page.text
    assert page.text.count('class="whose"') == 1
    assert "扇形的认识" not in page.text
    assert ask("ma", "/plan").status_code == 403
    assert {row[0] for row in _sheet(ask("ma", "/coverage.xlsx"))[1:]} == {"马晓东"}
    assert ask("ma", f"/coverage?group={'x'}").status_code == 404


def test_who_has_nothing_to_do_with_it_has_no_such_page(shown, ask):
    """A guest is refused, and shown no way to it; an auditor sees what a deputy does."""
    assert ask("shen", "/coverage").status_code == 403
    assert 'href="/coverage"' not in ask("shen", "/").text
    assert set(_told(ask("du", "/coverage"))) == TEACHERS
    assert 'href="/coverage"' in ask("du", "/").text


def test_it_speaks_english(ask):
    """Whoever reads English reads all of it so."""
    page = ask("zheng", "/coverage", language="en")

    assert _told(page)["宋明远"] == "Not arranged yet"
    assert "nobody is ranked" in page.text
    assert "Summary: not yet" in re.sub(r"<.*?>", "", page.text)


def test_the_workbook_says_what_the_page_says(ask):
    """Every teacher with the same standing; days are days, and each has its lamps."""
    page, answer = ask("zheng", "/coverage"), ask("zheng", "/coverage.xlsx")

    header, *rows = _sheet(answer)
    by_name = {row[0]: [r for r in rows if r[0] == row[0]] for row in rows}
    assert list(by_name) == list(_told(page))
    standings = {name: next(row[2] for row in some) for name, some in by_name.items()}
    assert standings == _told(page)
    at = {title: number for number, title in enumerate(header)}
    (done,) = [row for row in rows if row[at["情况"]] == "已完成"]
    assert done[at["课题"]] == "圆的面积"
    assert isinstance(done[at["完成"]], date)
    assert [done[at[lamp]] for lamp in header if lamp.startswith("有")] == ["有了"] * 5
    assert [row[at["课题"]] for row in by_name["宋明远"]] == [""]
    due = _sheet(answer, 1)
    assert due[0] == ["课题", "谁", "做什么", "到期", "该做了"]
    assert isinstance(due[1][3], date)
    assert answer.headers["content-disposition"].startswith("attachment")


def test_printed_it_says_whose_it_is_and_of_which_day(ask, shown):
    """Across A4, as wide as the page, titles on each; the file is named by its day."""
    answer = ask("zheng", "/coverage.xlsx")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
        book = file.read("xl/workbook.xml").decode()
    view = shown.service.core.view(shown.school.school_id)
    today = view.today(shown.service.core.now()).isoformat()
    assert 'orientation="landscape"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert f"<oddHeader>&amp;L{view.row.name} · 汇报课" in sheet
    assert f"{today}</oddHeader>" in sheet
    assert "Print_Titles" in book
    assert answer.headers["content-disposition"].endswith(f"{today}.xlsx")


def test_headers_stay_and_columns_are_wide_enough(ask):
    """Whoever scrolls still sees the titles and the names; nothing is cut off."""
    answer = ask("zheng", "/coverage.xlsx")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<pane xSplit="1" ySplit="1"[^>]*state="frozen"', sheet)
    columns = re.findall(r'<col min="\d+" max="(\d+)" width="([\d.]+)"', sheet)
    assert columns[-1][0] == "16"
    assert min(float(width) for _, width in columns) >= 10


def test_no_text_becomes_a_formula(school, ask):
    """A lesson that begins like a formula is a text in the workbook, quoted for good."""
    evil = ["=1+1", "+7", "-3", "@SUM(A1)", '=HYPERLINK("http://x.example","课")']
    song = _actor(school, "song")
    for lesson in evil:
        _opened(school, song, "ma", lesson)

    answer = ask("zheng", "/coverage.xlsx", at=school)

    titles = {row[3] for row in _sheet(answer)}
    assert set(evil) <= titles
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert "<f>" not in file.read("xl/worksheets/sheet1.xml").decode()
        assert 'quotePrefix="1"' in file.read("xl/styles.xml").decode()


# --- terms ---------------------------------------------------------------------------------


def _actor(at, who):
    core = at.service.core
    return actor_of(core, core.view(at.school.school_id), at.school.people[who], "web")


def _opened(at, actor, teacher, lesson):
    group = at.group("数学教研组")
    subject = {"lesson": lesson, "grade": "六年级", "discipline": "数学"}
    roles = {"teacher": (at.school.people[teacher],)}
    command = Open(cycle="", group=group, zone="", subject=subject, roles=roles)
    return at.service.acting.open(actor, "lesson-study", command, Given()).cycle


def test_a_new_term_begins_anew_and_the_old_one_stays(school, ask):
    """What was done before is done in its own term; what is under way goes on in the new one."""
    operator, schools = operator_of(school.school.school_id), school.service.schools
    calendar = schools.calendar(operator)
    (term,) = calendar.terms
    today = date.fromisoformat(str(calendar.today))
    yesterday = today - timedelta(days=1)
    schools.set_term(
        operator, term.name, date.fromisoformat(str(term.first_day)), yesterday, term=term.id
    )
    schools.set_term(operator, "下学期", today, today + timedelta(days=90))

    now = _told(ask("zheng", "/coverage", at=school))
    then = _told(ask("zheng", f"/coverage?term={term.id}", at=school))

    assert then["刘思雨"] == "已完成"
    assert now["刘思雨"] == "进行中"
    assert now["宋明远"] == then["宋明远"] == "还没安排"
    past = ask("zheng", f"/plan?term={term.id}", at=school).text
    assert "这段时间已经过去" in past
    assert "<dt>要到期</dt>" not in past


def test_a_lesson_that_was_withdrawn_was_not_given(school, ask):
    """Broken off is neither done nor under way, and no mark against anybody."""
    song = _actor(school, "song")
    cycle = _opened(school, song, "ma", "负数")
    revision = school.service.looking.cycle(song, cycle).line.revision
    turn = Turn(verb="withdraw", reason="重复了")
    school.service.acting.act(song, cycle, [turn], Given(revision=revision))

    page = ask("zheng", "/coverage.xlsx", at=school)

    assert "负数" not in {row[3] for row in _sheet(page)}
    assert _sums(ask("zheng", "/plan", at=school))["课例研讨"]["停止"] == 1


def test_a_group_without_teachers_says_what_to_do_first(school, ask):
    """Nobody there: the staff list comes first."""
    operator = operator_of(school.school.school_id)
    group = school.service.schools.add_group(operator, "英语教研组")

    page = ask("zheng", f"/coverage?group={group}", at=school)

    assert "先导入教师名单" in page.text
    assert "/coverage.xlsx" not in page.text


# --- the plan ------------------------------------------------------------------------------


def _sums(page):
    """Workflow → what is counted of it."""
    found = {}
    for part in page.text.split("<h2>")[1:]:
        title = part.split("</h2>")[0]
        sums = re.findall(r"<dt>(.*?)</dt><dd>(\d+)</dd>", part.split("</dl>")[0])
        found[title] = {said: int(number) for said, number in sums}
    return found


def test_the_plan_is_set_against_what_happened(ask):
    """Each workflow stands under the plan's own sentence, with what runs, is due and is done."""
    page = ask("zheng", "/plan")

    sums = _sums(page)
    assert sums["课例研讨"] == {"新开": 10, "进行中": 9, "要到期": 1, "该做了": 1, "已完成": 1}
    assert sums["听课反馈"]["进行中"] == 1
    assert page.text.index("每个教师围绕自己确定的主题上一节汇报课") < page.text.index(
        "课例研讨</h2>"
    )
    assert "计划里写了、还没有流程的" in page.text
    assert not [word for word in SHAMING if word in page.text]


def test_what_is_due_comes_first_and_leads_to_its_cycle(ask):
    """Some cycles are named, the rest are one tap away."""
    page = ask("zheng", "/plan")

    first = page.text.split('<ul class="cases">')[1].split("</li>")[0]
    assert "《百分数的意义》" in first
    assert 'class="tag is-late">该做了' in first
    more = re.search(r'href="(/plan\?[^"]*workflow=lesson-study)"', page.text).group(1)
    alone = ask("zheng", unescape(more))
    assert alone.text.count('class="lesson"') == 10
    assert list(_sums(alone)) == ["课例研讨"]


def test_a_month_is_a_part_of_its_term(ask):
    """What was opened in the months is what was opened in the term."""
    page = ask("zheng", "/plan")
    months = re.findall(r'href="(/plan\?month=[\d-]+)"', page.text)

    opened = [_sums(ask("zheng", month))["课例研讨"]["新开"] for month in months]

    assert sum(opened) == _sums(page)["课例研讨"]["新开"]
    assert ask("zheng", "/plan?month=1999-13").status_code == 400


def test_a_group_head_counts_the_own_group(shown, ask):
    """And nothing that the group may not know of: a visit of the deputy is in no count."""
    sums = _sums(ask("song", "/plan"))

    assert sums["课例研讨"]["进行中"] == 5
    assert sums["听课反馈"]["进行中"] == 0
    assert _sums(ask("qian", "/plan"))["听课反馈"]["进行中"] == 0
    assert ask("song", f"/plan?group={shown.group('语文教研组')}").status_code == 404
    assert ask("song", "/plan?workflow=nothing").status_code == 404


def test_the_plans_workbook_says_what_the_page_says(ask):
    """The same counts, and every cycle with its days and lamps."""
    page, answer = ask("zheng", "/plan"), ask("zheng", "/plan.xlsx")

    header, *rows = _sheet(answer)
    with_one = [row for row in rows if row[1] != "（还没有流程）"]
    counted = {row[1]: dict(zip(header[2:], map(int, row[2:]), strict=True)) for row in with_one}
    for workflow, sums in _sums(page).items():
        assert sums.items() <= counted[workflow].items()
    names, *cycles = _sheet(answer, 1)
    assert len(cycles) == 12
    assert {row[names.index("教研组")] for row in cycles} == {"数学教研组", "语文教研组"}
    unkept = page.text.split("还没有流程的")[1].split("</ul>")[0]
    assert [row[0] for row in rows if row[1] == "（还没有流程）"] == [
        unescape(said) for said in re.findall(r"<li>(.*?)</li>", unkept)
    ]
    assert all(isinstance(row[names.index("开始")], date) for row in cycles)


def test_an_auditors_look_is_an_entry(school, ask):
    """What they looked at stands in the log; a deputy's look does not."""
    for who, path in (("zheng", "/plan"), ("du", "/coverage?standing=done"), ("du", "/plan.xlsx")):
        assert ask(who, path, at=school).status_code == 200

    page = ask("zheng", "/desk/looks", at=school)

    assert "看了一学期的汇报课" in page.text
    assert "对照了计划" in page.text
    assert page.text.count("杜衡") >= 2


# --- the lamps on other pages --------------------------------------------------------------


def test_a_cycle_says_of_each_lamp_why(ask, shown):
    """On its own page each of the five has a sentence."""
    page = ask("song", f"/cycles/{shown.school.cycles['blocked']}")

    five = page.text.split('id="five"')[1].split("</dl>")[0]
    said = re.findall(r"<dd>(.*?)</dd>", five)
    assert said[0] == "交了报课、教案。"
    assert said[1] == "还没有教学反思。"
    assert "<dt>" in five


def test_the_board_shows_the_lamps(ask):
    """In a line on each card, with a word beside each mark."""
    board = ask("song", "/board")

    assert board.text.count('<ul class="lamps"') == board.text.count("<article")
    assert _lamps(board.text)[0] == "✓有计划"


def test_a_workflow_that_the_plan_does_not_name_is_there_all_the_same(school, ask):
    """A school's own workflow needs nothing but its file."""
    text = """
workflow: reading-circle
title: {zh: 读书会, en: Reading circle}
start: read
open: {by: group.head}
roles: {speaker: {title: 主讲人, count: 1, among: group.members}}
records: {note: {title: 笔记, by: speaker, one_per: [], form: {text: {type: text, title: 笔记}}}}
states: {read: 读书, done: {title: 完成, final: true}}
transitions:
  finish: {title: 完成, from: read, to: done, by: speaker, guards: [filed: {record: note}]}
"""
    version = load(text.encode(), "reading-circle.yaml")
    school.service.workflows.define(operator_of(school.school.school_id), [version])

    page = ask("zheng", "/plan", at=school)

    assert "计划以外的流程。" in page.text
    assert _sums(page)["读书会"]["新开"] == 0
    assert "这段时间还没有。" in page.text


def test_without_scripts_a_deputy_narrows_the_list_and_takes_it_along(shown, visit):
    """Choosing a group and saving the workbook need no script."""
    page = visit(shown, "zheng", "/coverage", java_script_enabled=False)

    page.get_by_label("教研组", exact=True).select_option(label="语文教研组")
    page.get_by_role("button", name="看这些").click()

    expect(page.locator(".roll strong").first).to_have_text("陈可")
    expect(page.locator(".whose")).to_have_count(3)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载表格（.xlsx）").click()
    view = shown.service.core.view(shown.school.school_id)
    today = view.today(shown.service.core.now()).isoformat()
    assert saved.value.suggested_filename == f"汇报课 本学期 {today}.xlsx"
    book = CalamineWorkbook.from_path(str(saved.value.path()))
    rows = book.get_sheet_by_index(0).to_python()[1:]
    assert {row[0] for row in rows} == {"陈可", "钱慧", "周子墨"}
