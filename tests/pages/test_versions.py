"""Two versions of a lesson plan beside each other, with the suggestions that led to the change."""

import io
import re
import zipfile

import pytest

from cycles.engine.commands import Advance
from cycles.errors import NotWhatItSaysError
from tests.pages.forms import signed_in
from tests.pages.word_files import document, docx, zipped

FIRST = ("教学目标：会读百分数", "一、情境：看标签", "二、小结由老师说")
SECOND = ("教学目标：会读百分数", "一、情境：看标签", "二、小结由学生说", "三、质疑三分钟")


def _plan(story, *paragraphs, name="教案.docx", content=b"", **more):
    """The teacher files a version of the plan as a file."""
    source = io.BytesIO(content or docx(*paragraphs))
    sent = story.service.attachments.send(story.actor("liu"), name, source, limit=10**7)
    story.file("liu", "lesson_plan", document={"digest": sent.digest, "name": name}, **more)


def _page(story, who="ma", query="", language="zh"):
    with signed_in(story.school, who, language) as client:
        return client.get(f"{story.to}/versions/lesson_plan{query}")


def _marked(page, tag):
    """What is marked as gone (`del`) or new (`ins`), without the words for screen readers."""
    marked = re.findall(rf"<{tag}>.*?</span>(.*?)</{tag}>", page, flags=re.DOTALL)
    return [text.strip() for text in marked]


def test_two_word_files_are_compared_word_by_word(story):
    """Of the files only what changed is marked: by strike and underline, and in words, too."""
    _plan(story, *FIRST, name="初稿.docx")
    _plan(story, *SECOND, name="改后.docx")

    page = _page(story, "he").text

    assert _marked(page, "del") == ["老师"]
    assert _marked(page, "ins") == ["学生", "三、质疑三分钟"]
    assert '<del><span class="aside">删去：</span>' in page
    assert page.count("教学目标：会读百分数") == 1
    assert 'download="初稿.docx"' in page
    assert 'download="改后.docx"' in page


def test_beside_the_change_stand_the_suggestions_it_answers(story):
    """Those adopted for this version, wholly or partly; not the declined, nor the next round's."""
    story.answered(
        百分号写得快=("declined", "留时间讨论"),
        举例偏少=("partly", "加一个"),
        留时间质疑=("deferred", "再看"),
    )
    story.next_round()
    for text, point in story.points().items():
        if text == "留时间质疑":
            story.answer(point, "adopted")
    _plan(story, *SECOND)

    second = _page(story, query="?new=2").text
    third = _page(story, query="?old=2&new=3").text

    causes = re.search(r'aria-labelledby="causes".*?</section>', second, flags=re.DOTALL).group(0)
    assert {"百分号写法没有强调", "让学生自己举例", "举例偏少"} == set(
        re.findall(r'#p-[^"]+">([^<]+)<', causes)
    )
    assert "部分采纳：加一个" in causes
    causes = re.search(r'aria-labelledby="causes".*?</section>', third, flags=re.DOTALL).group(0)
    assert re.findall(r'#p-[^"]+">([^<]+)<', causes) == ["留时间质疑"]


def test_a_plan_that_moved_from_the_form_into_a_file_is_compared_all_the_same(story):
    """The first version was typed, the second is a Word file: their words are compared."""
    story.file("liu", "lesson_plan", text="\n".join(FIRST))
    _plan(story, *SECOND)

    page = _page(story).text

    assert _marked(page, "del") == ["老师"]
    assert _marked(page, "ins") == ["学生", "三、质疑三分钟"]


def test_what_cannot_be_compared_is_said_and_can_be_fetched(story):
    """A PDF, and a Word file that is broken: what to do instead, and the files are there."""
    _plan(story, name="教案.pdf", content=b"%PDF-1.4 hello")
    assert "只有 .docx 可以" in _page(story).text
    _plan(story, name="坏.docx", content=zipped({"word/document.xml": "<w:document"}))

    answer = _page(story)

    assert answer.status_code == 200
    assert "读不出文件里的文字" in answer.text
    assert 'download="坏.docx"' in answer.text


def test_a_file_is_no_way_to_bring_in_a_script(story):
    """Text of a Word file is text on the page, whatever it looks like."""
    _plan(story, "<script>alert(1)</script>", "<del>甲</del>")
    _plan(story, "<script>alert(2)</script>", "<del>乙</del>")

    page = _page(story).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_same_file_again_is_said_to_be_the_same(story):
    """Nothing is marked where nothing changed."""
    _plan(story, *FIRST)
    _plan(story, *FIRST, changes="没有改")

    page = _page(story).text

    assert "两版是同一份文件" in page
    assert _marked(page, "ins") == ["没有改"]


def test_with_one_version_it_is_shown_and_said_to_be_the_only_one(shown):
    """A record that was filed once is to be read here; one that was not says so."""
    cycle = shown.school.cycles["late"]
    with signed_in(shown, "song") as song:
        one = song.get(f"/cycles/{cycle}/versions/lesson_plan").text
        none = song.get(f"/cycles/{cycle}/versions/case_report").text

    assert "现在只有一版" in one
    assert "教案第一版" in one
    assert "还没有交" in none


def test_versions_that_are_not_there_are_no_fault(story):
    """Numbers that no version has, and a kind of record that the workflow does not know."""
    assert _page(story, query="?old=7&new=9").status_code == 200
    assert _page(story, query="?old=x").status_code == 400
    with signed_in(story.school, "ma") as ma:
        assert ma.get(f"{story.to}/versions/nothing").status_code == 404


def test_asked_in_the_wrong_order_the_older_one_still_stands_first(story):
    """What is called before is the older version, whichever was chosen where."""
    _plan(story, *SECOND)

    right, wrong = (_page(story, query=q).text for q in ("?old=1&new=2", "?old=2&new=1"))

    assert _marked(right, "ins") == _marked(wrong, "ins") != []


def test_nobody_compares_what_they_may_not_read(shown):
    """Before their own is in, a colleague finds none of the words of others to compare."""
    cycle = shown.school.cycles["blocked"]
    with signed_in(shown, "ma") as ma:
        page = ma.get(f"/cycles/{cycle}/versions/three_ones").text

    assert "让学生自己举例" not in page
    assert "还没有交" in page


def test_from_the_cycle_a_new_version_leads_to_what_changed(story):
    """On the cycle's page a version that took another's place leads to both, side by side."""
    story.answered()
    _plan(story, *SECOND)
    story.do("song", Advance(transition="study_again"))
    with signed_in(story.school, "he") as he:
        links = re.findall(r'href="([^"]+/versions/[^"]+)"', he.get(story.to).text)

        assert [link.replace("&amp;", "&") for link in links] == [
            f"{story.to}/versions/lesson_plan?old=1&new=2"
        ]
        assert "两版对照" in he.get(links[0].replace("&amp;", "&")).text


def test_a_file_with_an_endless_list_of_parts_is_not_taken(story):
    """Reading the list alone would take the server's memory: such a file is refused unopened."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("word/document.xml", document(""))
        for number in range(20_000):
            packed.writestr(f"word/{number}", b"")

    with pytest.raises(NotWhatItSaysError):
        _plan(story, content=made.getvalue())
