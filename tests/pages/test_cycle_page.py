"""A cycle's own page: short enough for a phone, and about what can still be done."""

import re


def test_what_is_archived_offers_the_booklet_and_nothing_that_has_ended(ask, shown):
    """First the booklet to print; no meeting, no what-if, nobody to be changed."""
    page = ask("song", f"/cycles/{shown.school.cycles['finished']}").text

    assert "打印成册" in page
    assert page.index("打印成册") < page.index("交了什么")
    assert "今日教研" not in page
    assert "/what-if" not in page
    assert "换人、请人代、请来宾" not in page


def test_ways_that_are_closed_alike_say_why_once(ask, shown):
    """Three ways want the same plan: it is asked for once, and another round is named."""
    page = ask("song", f"/cycles/{shown.school.cycles['late']}").text

    assert page.count("还差：交“教案”，要和上次不一样。") == 1
    assert "其余的条件和上面一样。" in page
    assert "另一个条件" not in page


def test_a_long_text_is_folded_on_the_page(reads, school):
    """A plan of thousands of words does not bury what stands below it."""
    ma, to = reads(school, "ma"), f"/cycles/{school.school.cycles['late']}"
    seen = re.search(r'name="revision" value="(\d+)"', ma.get(to).text).group(1)
    sent = {"f.text": "教案正文" * 500, "key": "k", "back": to, "revision": seen}
    assert ma.post(f"{to}/records/lesson_plan", **sent).status_code == 303

    page = ma.get(to).text

    assert '<details class="more long">' in page
    assert "看全文" in page


def test_before_the_lesson_the_meeting_says_what_comes_first(ask, shown):
    """Nobody is told that names are called while the lesson is still ahead."""
    page = ask("song", f"/cycles/{shown.school.cycles['tomorrow']}/meeting").text

    assert "上课，到了那天再签到。" in page
    assert "主持人正在点名" not in page
    assert "我的“三个一”" not in page


def test_merging_without_two_says_so(ask, shown):
    """A press that can do nothing says what to do first."""
    page = ask("song", f"/cycles/{shown.school.cycles['late']}/meeting?merging=true").text

    assert "先勾上两条以上意思相近的" in page
