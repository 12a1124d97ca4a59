"""Today's meeting: on the wall and on the phones, from attendance to who does what next."""

import re
from dataclasses import replace
from unittest.mock import patch

from cycles.service import shipped
from cycles.workflow.choices import choices_of, with_choices
from tests.pages.forms import form_of, signed_in
from tests.pages.meeting_story import on_the_day, stage_of
from tests.pages.serving import ServedSchool, answering, built

ONES = {"f.strength": "情境好", "f.weakness.0": "小结仓促", "f.hope.0": "让学生说"}
OVERTAKEN = "刚才已经有人按过了，现在就是这样，不用再按。"


def test_the_whole_meeting_works_without_scripts(school):
    """Every press is a form: a page that is loaded again says what has happened since."""
    cycle = on_the_day(school)
    here = f"/cycles/{cycle}/meeting"
    with signed_in(school, "song") as song, signed_in(school, "liu") as liu:
        wall = song.get(f"{here}/wall").text
        assert f'<noscript><meta http-equiv="refresh" content="10;url={here}/wall">' in wall
        _send(song, here, f"{here}/attendance", tick="present", shen="duty", school=school)
        assert "先请刘思雨说" in song.get(f"{here}/wall").text
        _send(liu, here, f"/cycles/{cycle}/records/reflection", **{"f.text": "小结太快"})
        for who in ("ma", "he"):
            with signed_in(school, who) as colleague:
                _send(colleague, here, f"/cycles/{cycle}/records/three_ones", **ONES)
        assert "<strong>2/3</strong>" in song.get(f"{here}/wall").text

        _send(song, here, f"{here}/shown")
        assert "1/6" in song.get(f"{here}/wall").text
        for _ in range(6):
            shown = song.get(here).text
            song.post(f"{here}/wall", data=form_of(shown, f"{here}/wall", **_onward(shown)))
        assert "商量好以后，主持人记在这里。" in song.get(f"{here}/wall").text
        _send(song, here, f"/cycles/{cycle}/records/minutes", **{"f.agreed": "小结交给学生"})
        page = _send(song, here, f"{here}/closed").text

        assert "评课结束了。" in page
        assert re.search(r"刘思雨</th><td>答复“三个一”", page)
        sheet = liu.get(f"/cycles/{cycle}/rounds/1/activity").text
        assert "公出：沈教授（外请）" in sheet
        assert "小结交给学生" in sheet


def test_before_they_are_shown_nobody_reads_a_colleagues_words_here(school):
    """Not even who has filed their own, on the phone, on the wall or on paper."""
    cycle = school.school.cycles["blocked"]
    with signed_in(school, "ma") as ma:
        here = f"/cycles/{cycle}/meeting"
        _send(ma, here, f"/cycles/{cycle}/records/three_ones", **ONES)
        for path in (here, f"{here}/wall", f"/cycles/{cycle}/rounds/1/activity"):
            page = ma.get(path).text
            assert "素材贴近学生" not in page
            assert page.count("何静怡") == (0 if path.endswith("wall") else 1)  # as present


def test_two_who_press_the_same_are_both_answered_kindly(school):
    """The words are shown once, the wall goes on by one, the meeting is closed once."""
    cycle = school.school.cycles["blocked"]
    here = f"/cycles/{cycle}/meeting"
    with signed_in(school, "ma") as ma, signed_in(school, "song") as song:
        _send(ma, here, f"/cycles/{cycle}/records/three_ones", **ONES)
        said = _both_press(song, here, f"{here}/shown")
        assert said == ["已经公开，墙上一条条看。", OVERTAKEN]

        assert _both_press(song, here, f"{here}/wall") == ["", OVERTAKEN]
        assert "2/6" in song.get(f"{here}/wall").text

        _send(song, here, f"/cycles/{cycle}/records/minutes", **{"f.agreed": "小结交给学生"})
        assert _both_press(song, here, f"{here}/closed") == ["评课结束了。", OVERTAKEN]
        acts = [e.act for e in _history(school, cycle)]
        assert acts.count("reveal") == acts.count("finish_evaluating") == 1


def test_what_changed_before_the_meeting_is_closed_is_shown_first(school):
    """A colleague files while the chair presses: nothing is closed unseen, nothing is lost."""
    cycle = school.school.cycles["blocked"]
    here = f"/cycles/{cycle}/meeting"
    with signed_in(school, "ma") as ma, signed_in(school, "song") as song:
        _send(ma, here, f"/cycles/{cycle}/records/three_ones", **ONES)
        _send(song, here, f"{here}/shown")
        _send(
            song, f"/cycles/{cycle}", f"/cycles/{cycle}/records/minutes", **{"f.agreed": "先动手"}
        )
        old = form_of(song.get(here).text, f"{here}/closed")
        with signed_in(school, "he") as he:
            _send(he, here, f"/cycles/{cycle}/records/three_ones", **ONES)

        page = song.post(f"{here}/closed", data=old).text

        assert "刚才又有变化" in page
        assert f'action="{here}/closed"' in page


def test_two_who_tick_attendance_lose_nothing(school):
    """What one has not touched is not sent: an older page takes nothing back."""
    cycle = on_the_day(school)
    here, people = f"/cycles/{cycle}/meeting", school.school.people
    with signed_in(school, "song") as song:
        _send(song, here, f"{here}/attendance", tick="present", school=school)
        first, second = (song.get(here).text for _ in range(2))
        for page, who, code in ((first, "he", "sick"), (second, "ma", "duty")):
            form = form_of(page, f"{here}/attendance")
            codes = {k.replace("was.", "code."): v for k, v in form.items() if k.startswith("was.")}
            song.post(f"{here}/attendance", data={**form, **codes, f"code.{people[who]}": code})

        page = song.get(here).text

        assert "病假：何静怡" in page
        assert "公出：马晓东" in page


def test_only_who_leads_the_meeting_turns_the_wall(school):
    """A member is shown no such button, and a form made by hand is refused."""
    here = f"/cycles/{school.school.cycles['blocked']}/meeting"
    with signed_in(school, "ma") as ma:
        page = ma.get(here).text
        assert f'action="{here}/wall"' not in page
        form = form_of(page, "/sign-out")

        refused = ma.post(f"{here}/wall", data={**form, "rest": "begin", "number": "0"})

        assert refused.status_code == 403
        assert 'role="timer"' not in ma.get(here).text


def test_a_page_asks_whether_something_changed(school):
    """The same tag is answered with nothing, an older one with the new one."""
    cycle = school.school.cycles["blocked"]
    here = f"/cycles/{cycle}/meeting"
    with signed_in(school, "ma") as ma, signed_in(school, "he") as he:
        tag = re.search(r'data-tag="([^"]+)"', he.get(here).text).group(1)
        assert he.get(f"{here}/now", params={"seen": tag}).status_code == 204

        _send(ma, here, f"/cycles/{cycle}/records/three_ones", **ONES)

        told = he.get(f"{here}/now", params={"seen": tag})
        assert told.status_code == 200
        assert told.text == re.search(r'data-tag="([^"]+)"', he.get(here).text).group(1)


def test_what_has_no_meeting_has_no_such_page(school):
    """A classroom visit is spoken about by two; and nobody looks into a stranger's meeting."""
    cycles = school.school.cycles
    with signed_in(school, "chen") as chen, signed_in(school, "shen") as guest:
        assert chen.get(f"/cycles/{cycles['visit']}/meeting").status_code == 404
        for path in ("meeting", "meeting/wall", "meeting/now", "rounds/1/activity"):
            assert guest.get(f"/cycles/{cycles['blocked']}/{path}").status_code == 404


def _with_names(version):
    """The workflow as a school has it that chose names on the wall."""
    return with_choices(version, replace(choices_of(version), names=True))


def test_a_school_may_have_names_on_the_wall():
    """Where it has chosen so, whoever writes is told before, and the wall says who said what."""
    chosen = tuple(_with_names(version) for version in shipped())
    with (
        patch("cycles_api.demo.building.shipped", lambda: chosen),
        built(anew=True) as (made, service, settings),
        answering(service, settings) as url,
    ):
        school = ServedSchool(url, made, service)
        here = f"/cycles/{made.cycles['blocked']}/meeting"
        with signed_in(school, "ma") as ma, signed_in(school, "song") as song:
            page = ma.get(here).text
            assert "公开时写上名字" in page
            _send(ma, here, here.replace("meeting", "records/three_ones"), **ONES)
            _send(song, here, f"{here}/shown")

            with signed_in(school, "liu") as liu:
                wall = liu.get(f"{here}/wall").text
            assert ("马晓东" in wall) != ("宋明远" in wall)


def test_a_round_at_the_desk_begins_with_attendance(school):
    """Studied again without a lesson: who takes part is ticked, and nobody speaks first anew."""
    cycle, stage = school.school.cycles["blocked"], stage_of(school)
    stage.file("ma", cycle, "three_ones", strength="好", weakness=["快"], hope=["慢"])
    stage.file("song", cycle, "minutes", agreed="先动手")
    stage.do("song", cycle, "finish_evaluating")
    stage.answer("liu", cycle, ("adopted", None))
    stage.file("liu", cycle, "lesson_plan", text="第二版")
    stage.do("song", cycle, "study_again")
    here = f"/cycles/{cycle}/meeting"
    with signed_in(school, "song") as song:
        assert "先听本人说" not in song.get(here).text

        _send(song, here, f"{here}/attendance", tick="present", school=school)

        assert "<strong>0/3</strong>" in song.get(f"{here}/wall").text
        assert "素材贴近学生" in song.get(f"/cycles/{cycle}/rounds/1/activity").text


def _send(client, page, to, *, tick="", school=None, **values):
    """Send the form of a page; `tick` is everybody's attendance code, beside what is named."""
    form = form_of(client.get(page).text, to)
    if tick:
        codes = {k.replace("was.", "code."): tick for k in form if k.startswith("was.")}
        people = school.school.people
        values = codes | {f"code.{people[who]}": code for who, code in values.items()}
    return client.post(to, data={**form, **values})


def _both_press(client, page, to):
    """Two send the form of the same page, each with a key of their own; what each is told."""
    shown = client.get(page).text
    form = form_of(shown, to, **(_onward(shown) if to.endswith("/wall") else {}))
    answers = [client.post(to, data={**form, "key": f"head-{n}-{to}"}).text for n in (1, 2)]
    told = [re.search(r'<p class="done" role="status">(.*?)</p>', a) for a in answers]
    return [found.group(1) if found else "" for found in told]


def _onward(shown):
    """What tells the wall's button that goes on from the one that goes back."""
    return {"place": re.findall(r'name="place" value="([^"]*)"', shown)[-1]}


def _history(school, cycle):
    actor = stage_of(school).actor("song")
    return school.service.log.history(actor, cycle, limit=200).entries
