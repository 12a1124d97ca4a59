"""The life of every suggestion on a page: what was said, answered, changed and seen."""

import re

import pytest

from tests.pages.forms import signed_in


def _page(story, who, show=""):
    with signed_in(story.school, who) as client:
        return client.get(f"{story.to}/suggestions" + (f"?show={show}" if show else "")).text


def _life(page, text):
    """The card of a point, as text without marks; its links by their words."""
    cards = re.findall(r'<article class="card life".*?</article>', page, flags=re.DOTALL)
    (card,) = [card for card in cards if f">{text}</h3>" in card]
    links = {label: to for to, label in re.findall(r'<a href="([^"]+)">([^<]+)</a>', card)}
    return " ".join(re.sub(r"<[^>]+>", " ", card).split()), links


def _texts(page):
    return set(re.findall(r"<h3 id=\"p-[^>]+>([^<]+)</h3>", page))


def test_each_point_shows_its_life_with_a_way_to_every_step(story):
    """Raised by two, made one, adopted, in version 2: in this order, each leading to its source."""
    story.answered()
    story.next_round()

    told, links = _life(_page(story, "ma"), "让学生自己举例")

    order = [
        "宋明远提出",
        "马晓东提出",
        "并成一条",
        "刘思雨答复：采纳",
        "写进第 2 版“教案”",
        "下次",
    ]
    assert [told.index(step) for step in order] == sorted(told.index(step) for step in order)
    assert links["和上一版对照"] == f"{story.to}/versions/lesson_plan?new=2"
    with signed_in(story.school, "ma") as ma:
        record = links["原话"]
        assert f'id="{record.partition("#")[2]}"' in ma.get(record).text
        entries = [to for to in links.values() if "/history?before=" in to]
        assert entries
        newest = ma.get(entries[-1]).text
    assert newest.index("交了“教案”") < newest.index("答复了一条意见")


def test_a_declined_point_shows_the_reason_and_went_into_no_version(story):
    """What was not adopted keeps its reason, and is said of no version."""
    story.answered(百分号写得快=("declined", "写得快是为了留时间讨论"))
    story.next_round()

    told, _ = _life(_page(story, "he"), "百分号写得快")

    assert "暂不采纳" in told
    assert "写得快是为了留时间讨论" in told
    assert "写进" not in told


def test_points_are_sieved_by_where_they_stand(story):
    """Open, answered, seen to work: each sieve shows just these, and says how many there are."""
    story.answered(留时间质疑=("deferred", "先看效果"))
    page = _page(story, "liu")
    assert _texts(page) == set(story.points())
    story.next_round()

    again = _texts(_page(story, "liu", "open"))
    answered = _page(story, "liu", "answered")

    assert "留时间质疑" in again
    assert "举例偏少" not in again
    assert _texts(answered) == set(story.points()) - again
    assert re.search(r'aria-current="page">已答复 4<', answered)
    assert "这一类里没有意见" in _page(story, "liu", "worked")


def test_a_colleague_sees_what_became_of_their_own(story):
    """Their points, and those made one with others'; the teacher, who raised none, is not asked."""
    assert _texts(_page(story, "ma", "mine")) == {"举例偏少", "让学生自己举例"}
    assert "我提的 2" in _page(story, "ma")
    assert "我提的" not in _page(story, "liu")


def test_what_was_seen_to_work_is_told_with_who_saw_it(shown):
    """In a finished cycle the adopted points end with the colleagues who saw them work."""
    cycle = shown.school.cycles["finished"]
    with signed_in(shown, "du") as du:
        page = du.get(f"/cycles/{cycle}/suggestions?show=worked").text

    told, _ = _life(page.partition("第 1 轮")[2], "小结由老师说完了")
    assert "✓ 已见效" in told
    assert "宋明远、马晓东、何静怡看到了，见效" in told


def test_what_is_still_hidden_is_on_nobodys_page(shown):
    """Before the evaluation has ended, a colleague finds none of the points of the others."""
    cycle = shown.school.cycles["blocked"]
    with signed_in(shown, "ma") as ma:
        page = ma.get(f"/cycles/{cycle}/suggestions").text

    assert "还没有意见" in page
    assert "让学生自己举例" not in page


def test_the_teacher_answers_from_here_and_a_colleague_does_not(story):
    """The button to answer is there for who may: the teacher, and the chair who types for them."""
    assert f'href="{story.to}/answers"' in _page(story, "liu")
    assert "替刘思雨录入答复" in _page(story, "song")
    assert f"{story.to}/answers" not in _page(story, "ma")


@pytest.mark.parametrize("path", ["suggestions", "answers", "versions/lesson_plan"])
def test_a_guest_finds_nothing_of_another_cycle(shown, path):
    """What is said and changed in a cycle is for those who may see it: all others get no page."""
    with signed_in(shown, "shen") as guest:
        own = guest.get(f"/cycles/{shown.school.cycles['research']}/suggestions")
        others = guest.get(f"/cycles/{shown.school.cycles['finished']}/{path}")

    assert own.status_code == 200
    assert others.status_code == 404
    assert "小结" not in others.text
