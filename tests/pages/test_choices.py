"""What a school chooses in a workflow: looked at, done, taken back, while cycles keep theirs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from cycles.service import operator_of
from cycles.workflow.choices import Measure, choices_of
from tests.pages.forms import form_of, signed_in

AT = "/school/workflows/lesson-study"


def _operator(school):
    return operator_of(school.school.school_id)


def _now(school):
    """The version under which new cycles run."""
    return school.service.workflows.one(_operator(school), "lesson-study").version


def _as_it_stands(page):
    """What the form of the choices would send."""
    sent = form_of(page, AT)
    form = page[page.index(f'action="{AT}"') :]
    form = form[: form.index("</form>")]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        sent[name] = re.search(r'value="([^"]*)" selected', options).group(1)
    return sent | {"names": re.search(r'value="(\w+)" checked', form).group(1)}


@pytest.fixture
def wu(school):
    """The head of the school, in a browser without scripts."""
    with signed_in(school, "wu") as client:
        yield client


def test_a_head_sees_what_would_change_before_it_is_done(school, wu):
    """Two rounds, everybody's notes, names: in words, with how many cycles keep theirs."""
    before = _now(school)
    sent = _as_it_stands(wu.get(AT).text)
    wish = {"rounds.most": "2", "m.finish_preparing.notes.share": "all", "names": "yes"}

    look = wu.post(AT, data=sent | wish).text

    assert _now(school) == before
    assert re.search(r"2 到 3 轮</s>.*2 轮</strong>", look, re.S)
    assert re.search(r"且不少于 2 人</s>.*人人都交</strong>", look, re.S)
    assert re.search(r"不写名字</s>.*写上名字</strong>", look, re.S)
    assert "正在进行的 9 个不受影响" in look

    done = wu.post(AT, data=form_of(look, AT) | {"step": "do"}).text

    chosen = choices_of(_now(school))
    assert (chosen.rounds, chosen.names) == ((2, 2), True)
    assert chosen.measures["finish_preparing.notes"] == Measure(share="all")
    assert chosen.measures["finish_evaluating.three_ones"] == Measure(share="2/3")
    assert "已保存" in done
    assert "吴若兰" in done


def test_a_second_press_and_a_second_thought_change_nothing_more(school, wu):
    """The same look sent twice is one change; going back to the form keeps what was chosen."""
    sent = _as_it_stands(wu.get(AT).text) | {"rounds.most": "4"}
    look = form_of(wu.post(AT, data=sent).text, AT)

    again = wu.post(AT, data=look | {"step": "edit"}).text
    assert _as_it_stands(again)["rounds.most"] == "4"
    for _ in range(2):
        assert "已保存" in wu.post(AT, data=look | {"step": "do"}).text

    assert len(school.service.workflows.versions(_operator(school), "lesson-study")) == 2


def test_what_cannot_be_is_told_beside_its_field(school, wu):
    """More at least than at most, a number beside everybody, nothing at all: nothing is lost."""
    before, sent = _now(school), _as_it_stands(wu.get(AT).text)
    wish = {"rounds.least": "5", "m.finish_observing.observations.share": ""}

    page = wu.post(AT, data=sent | wish)
    assert page.status_code == 422
    assert "最多的轮数不能比最少的还少" in page.text
    assert "比例和人数，至少选一个" in page.text
    assert _as_it_stands(page.text)["rounds.least"] == "5"
    same = wu.post(AT, data=sent)
    odd = wu.post(AT, data=sent | {"rounds.least": "two"})

    assert "选的和现在一样" in same.text
    assert odd.status_code == 422
    assert _now(school) == before


def test_who_comes_second_looks_again(school, wu):
    """Somebody has changed it since the form was opened: it is said, and what was chosen stays."""
    sent = _as_it_stands(wu.get(AT).text)
    look = form_of(wu.post(AT, data=sent | {"rounds.most": "5"}).text, AT)
    wu.post(AT, data=look | {"step": "do"})

    late = wu.post(AT, data=sent | {"rounds.most": "4"})

    assert "刚才已经有人改过" in late.text
    told = wu.post(AT, data=_as_it_stands(late.text)).text
    assert re.search(r"2 到 5 轮</s>.*2 到 4 轮</strong>", told, re.S)


def test_others_see_what_they_may(school):
    """A deputy sees the versions and no form, a teacher the numbers; nobody else changes them."""
    with signed_in(school, "zheng") as deputy, signed_in(school, "liu") as teacher:
        seen = deputy.get(AT).text
        assert "用过的各版" in seen
        assert "看看会改什么" not in seen
        told = teacher.get(AT).text
        assert "2 到 3 轮" in told
        assert "用过的各版" not in told
        sent = {"csrf": re.search(r'name="csrf" value="([^"]+)"', told).group(1), "step": "do"}
        for to in (AT, f"{AT}/back"):
            assert teacher.post(to, data=sent | {"seen": _now(school).digest}).status_code == 403
        assert teacher.get("/school/workflows/nothing").status_code == 404


def test_a_head_sets_two_rounds_and_sets_them_back(school, visit):
    """A cycle opened meanwhile has two at most, the old ones theirs; then all is as it was."""
    first = _now(school)
    old = school.school.cycles["blocked"]
    wu = visit(school, "wu", "/school/workflows")
    wu.get_by_role("link", name="设置和各版").nth(2).click()
    expect(wu.get_by_role("heading", name="课例研讨", level=1)).to_be_visible()
    wu.get_by_label("最多").select_option("2")
    notes = wu.get_by_role("group", name="备课意见")
    notes.get_by_label("占多少").select_option("1/2")
    notes.get_by_label("不少于几人").select_option("3")
    wu.get_by_role("button", name="看看会改什么").click()
    expect(wu.get_by_text("2 到 3 轮")).to_be_visible()
    wu.get_by_role("button", name="就这样改").click()
    expect(wu.get_by_text("已保存。")).to_be_visible()

    with signed_in(school, "song") as song:
        form = f"/open?workflow=lesson-study&group={school.group('数学教研组')}"
        sent = form_of(song.get(form).text, "/open")
        sent |= {"f.lesson": "圆的认识", "f.grade": "六年级", "f.discipline": "数学"}
        sent |= {"role.teacher": school.school.people["liu"]}
        opened = re.search(r"/cycles/([0-9a-f-]{36})", str(song.post("/open", data=sent).url))

    looking, operator = school.service.looking, _operator(school)
    assert looking.cycle(operator, opened.group(1)).version == _now(school).digest
    assert choices_of(_now(school)).rounds == (2, 2)
    assert looking.cycle(operator, old).version == first.digest

    wu.reload()
    wu.get_by_role("button", name="改回这一版").click()
    expect(wu.get_by_text("这一版以前用过")).to_be_visible()
    expect(wu.get_by_text("正在进行的 10 个不受影响")).to_be_visible()
    wu.get_by_role("button", name="就这样改").click()

    expect(wu.get_by_text("2 到 3 轮").first).to_be_visible()
    assert _now(school) == first
    assert looking.cycle(operator, opened.group(1)).version != first.digest
