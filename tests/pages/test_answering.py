"""Answering suggestions at night: one tap each, a reason only where not adopted."""

import re

from playwright.sync_api import expect

from tests.pages.forms import form_of, signed_in
from tests.pages.revising import Story


def _send(client, story, *, page="", **chosen):
    """Send the answers as the page's form would."""
    to = f"{story.to}/answers"
    form = form_of(client.get(page or to).text, to)
    return client.post(to, data={**form, **chosen})


def _dispositions(story):
    return {p.id: p.disposition for p in story.looked_at("liu").points if not p.merged_into}


def test_five_points_are_answered_with_eight_taps_on_a_phone(story, visit):
    """Open the card, one for each point, one into the reason of the declined one, send."""
    page = visit(story.school, "liu")
    page.wait_for_url("/")
    page.wait_for_load_state()
    taps = []

    def tap(place):
        """A finger on the middle of it, wherever that is."""
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        taps.append(place)

    card = page.locator("article.card", has=page.get_by_role("heading", name="答复"))
    points = card.locator("fieldset.point")
    expect(points).to_have_count(5)
    tap(card.get_by_text("现在就做"))
    expect(card.get_by_label("原因")).to_have_count(5)
    for number in range(5):
        expect(points.nth(number).get_by_label("原因")).to_be_hidden()
        word = "暂不采纳" if number == 3 else "采纳"
        tap(points.nth(number).locator("label.pick", has_text=re.compile(rf"^\s*{word}$")))
        expect(points.nth(number).get_by_label(word, exact=True)).to_be_checked()
    expect(points.nth(2).get_by_label("原因")).to_be_hidden()
    tap(points.nth(3).get_by_label("原因"))
    page.keyboard.insert_text("写得快是为了留时间讨论")
    tap(card.get_by_role("button", name="交答复"))

    expect(page.get_by_role("status")).to_have_text("答复好了。")
    assert len(taps) == 8
    assert sorted(_dispositions(story).values()) == ["adopted"] * 4 + ["declined"]


def test_what_was_chosen_outlives_a_closed_page(story, visit):
    """Called away after two taps and half a sentence: they are there on coming back."""
    page = visit(story.school, "liu", f"{story.to}/answers")
    points = page.locator("fieldset.point")
    points.nth(0).get_by_label("采纳", exact=True).check()
    points.nth(1).get_by_label("暂不采纳").check()
    points.nth(1).get_by_label("原因").fill("时间不够，")
    expect(points.nth(1).get_by_label("原因")).to_be_visible()

    page.goto("about:blank")
    page.goto(f"{story.to}/answers")

    expect(points.nth(0).get_by_label("采纳", exact=True)).to_be_checked()
    expect(points.nth(1).get_by_label("暂不采纳")).to_be_checked()
    expect(points.nth(1).get_by_label("原因")).to_have_value("时间不够，")


def test_without_a_reason_nothing_is_done_and_every_fault_stands_by_its_point(story):
    """Two answers lack a reason: both points say so, the rest is as it was chosen."""
    first, second, third, *_ = story.points().values()
    with signed_in(story.school, "liu") as liu:
        answer = _send(
            liu,
            story,
            **{
                f"answer.{first}": "partly",
                f"answer.{second}": "declined",
                f"reason.{second}": " ",
                f"answer.{third}": "adopted",
            },
        )

    assert answer.status_code == 422
    for point in (first, second):
        assert f'id="form-{point}-e">还缺原因' in answer.text
        assert f'href="#form-{point}"' in answer.text
    assert f'id="form-{third}-e"' not in answer.text
    assert f'name="answer.{third}" value="adopted" checked' in answer.text
    assert set(_dispositions(story).values()) == {None}


def test_what_is_chosen_is_sent_and_the_rest_waits(story):
    """Two of five between two lessons; the other three are asked again, and nothing else."""
    first, second, *rest = story.points().values()
    with signed_in(story.school, "liu") as liu:
        _send(liu, story, **{f"answer.{first}": "adopted", f"answer.{second}": "adopted"})

        home = liu.get("/").text

    assert set(re.findall(r'name="answer\.([^"]+)"', home)) == set(rest)


def test_a_form_without_any_answer_says_that_one_is_enough(story):
    """Sent empty, the form comes back with all five points and a word about it."""
    with signed_in(story.school, "liu") as liu:
        answer = _send(liu, story)

    assert answer.status_code == 422
    assert "一条也没有选" in answer.text
    assert answer.text.count("<fieldset") == 5


def test_what_like_points_said_and_who_raised_them_is_shown(school):
    """A merged point is one question, with all who raised it and what they said otherwise."""
    story = Story(school)
    said = "举的例子都是老师的"
    story.file("ma", "three_ones", strength="好", weakness=[said], hope=["多练"])
    points = story.points("song")
    story.close((points[said], points["让学生自己举例"]))
    with signed_in(school, "liu", "en") as liu:
        page = liu.get(f"{story.to}/answers").text

    legend = page.index("让学生自己举例")
    assert f"Others said: {said}" in page[legend : legend + 600]
    assert "宋明远, 马晓东" in page[legend : legend + 600]


def test_an_answer_can_be_changed_and_the_same_again_is_no_new_entry(story):
    """What was answered stands on the page, to be changed; unchanged it adds nothing."""
    point = story.points()["留时间质疑"]
    story.answered()
    before = story.looked_at("liu").line.revision
    with signed_in(story.school, "liu") as liu:
        page = liu.get(f"{story.to}/answers").text
        assert f'name="answer.{point}" value="adopted" checked' in page

        _send(liu, story, **{f"answer.{point}": "adopted"})
        assert story.looked_at("liu").line.revision == before
        _send(liu, story, **{f"answer.{point}": "deferred", f"reason.{point}": "下学期再试"})

    assert _dispositions(story)[point] == "deferred"
    assert story.looked_at("liu").line.revision == before + 1


def test_the_chair_types_the_answers_of_a_teacher_without_a_phone(story):
    """代录: the chair opens the teacher's answers from the page, and it is written who typed."""
    point = story.points()["举例偏少"]
    with signed_in(story.school, "song") as song:
        page = song.get(story.to).text
        link = re.search(r'href="([^"]+for=[^"]+)">替刘思雨录入答复', page).group(1)

        answer = _send(song, story, page=link, **{f"answer.{point}": "adopted"})

    assert answer.status_code == 200
    assert _dispositions(story)[point] == "adopted"
    entry = story.service.log.history(story.actor("song"), story.cycle, limit=200).entries[-1]
    people = story.school.school.people
    assert (entry.actor, entry.for_) == (people["song"], people["liu"])


def test_nobody_answers_for_whom_they_may_not_type(story):
    """A colleague who asks for the teacher's answers is told that there is no such page."""
    with signed_in(story.school, "ma") as ma:
        liu = story.school.school.people["liu"]

        answer = ma.get(f"{story.to}/answers?for={liu}")

    assert answer.status_code == 404


def test_a_point_asked_again_shows_what_was_answered_before(story):
    """Deferred in the first round, it is asked in the second with its old answer beside it."""
    later = ("deferred", "先看效果")
    story.answered(留时间质疑=later)
    story.next_round()
    with signed_in(story.school, "liu") as liu:
        page = liu.get(f"{story.to}/answers").text

    asked = page.index("留时间质疑")
    assert "第 1 轮的答复：以后再改：先看效果" in page[asked : asked + 800]


def test_an_answer_of_another_point_is_refused_as_nobodys(story):
    """A point's id that is none changes nothing and says so."""
    with signed_in(story.school, "liu") as liu:
        answer = _send(liu, story, **{"answer.999.9": "adopted"})

    assert answer.status_code == 422
    assert set(_dispositions(story).values()) == {None}


def test_answers_stand_as_given_when_sent_twice(story):
    """A lost answer and a second sending: each point has one entry."""
    first, second, *_ = story.points().values()
    to = f"{story.to}/answers"
    with signed_in(story.school, "liu") as liu:
        form = form_of(liu.get(to).text, to)
        sent = {**form, f"answer.{first}": "adopted", f"answer.{second}": "adopted"}

        answers = [liu.post(to, data=sent) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    entries = story.service.log.history(story.actor("liu"), story.cycle, limit=200).entries
    assert sum(e.act == "answer" for e in entries) == 2
