"""What could be arranged, and what would then happen; nothing is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cycles.engine.commands import Advance, Excuse, Staff, Turn
from cycles.errors import NotAllowedError, NotFoundError, RefusedError
from cycles.service.arranging import Arranging
from cycles.store import open_store
from tests.unit.service.first_school import FirstSchool


class Arrangers(FirstSchool):
    """The first school, with what tells what could be arranged."""

    def __init__(self, store, folder):
        super().__init__(store, folder)
        self.arranging = Arranging(self.core, self.looking)

    @property
    def today(self):
        return self.core.view(self.id).today(self.time)


@pytest.fixture
def school(tmp_path):
    """The first school, in memory."""
    return Arrangers(open_store("memory://"), tmp_path)


def test_who_is_offered_a_turn_may_take_it(school):
    """For everybody: what is offered is taken when sent at once, what is not is refused."""
    for who in ("song", "liu", "ma", "zheng", "wu"):
        for verb in ("suspend", "resume", "cancel", "withdraw", "reopen"):
            cycle = school.open()
            offered = verb in school.arranging.turns(school.actor(who), cycle)
            try:
                school.send(who, cycle, Turn(verb=verb, reason="试一试"))
            except RefusedError:
                assert not offered, (who, verb)
            else:
                assert offered, (who, verb)


def test_every_part_that_is_offered_can_be_given(school):
    """Each verb, each holder, each candidate: accepted when sent at once."""
    cycle = school.open()
    today = school.today

    parts = school.arranging.staffing(school.actor("song"), cycle).parts

    assert {p.verb for p in parts} == {"add", "reassign", "substitute"}
    for part in parts:
        for to in part.to:
            again = school.open()
            days = {"since": today, "until": today} if part.verb == "substitute" else {}
            person = part.person or None
            command = Staff(
                verb=part.verb, role=part.role, person=person, to=to, reason="调整", **days
            )
            school.send("song", again, command)


def test_who_may_arrange_nothing_is_offered_nothing(school):
    """A teacher sees the people and no verb; where there is no such cycle, nobody is told."""
    cycle = school.open()

    found = school.arranging.staffing(school.actor("liu"), cycle)

    assert (found.parts, found.excusable) == ((), ())
    with pytest.raises(NotFoundError):
        school.arranging.staffing(school.actor("liu"), "none")


def test_what_is_supposed_changes_nothing(school):
    """The teacher away for a week: who is asked then; and the cycle is as it was."""
    cycle, today = school.open(), school.today
    before = school.looking.cycle(school.actor("song"), cycle)
    away = Excuse(person="liu", since=today, until=today + timedelta(days=6), reason="-")

    found = school.arranging.suppose(school.actor("song"), cycle, [away])

    assert found.refused == (None,)
    assert ("liu", "file:proposal") in {(t.person, t.do) for t in found.now.tasks}
    assert "liu" not in {t.person for t in found.then.tasks}
    assert "substitute" in {t.do for t in found.then.tasks}
    after = school.looking.cycle(school.actor("song"), cycle)
    assert after.line.revision == before.line.revision


def test_it_is_looked_at_on_the_day_that_is_named(school):
    """After the excuse has ended, the step is the teacher's again."""
    cycle, today = school.open(), school.today
    until = today + timedelta(days=2)
    away = Excuse(person="liu", since=today, until=until, reason="-")
    later = until + timedelta(days=1)

    found = school.arranging.suppose(school.actor("song"), cycle, [away], on=later)

    assert found.then.day == later
    assert "liu" in {t.person for t in found.then.tasks}


def test_what_the_asker_could_not_send_is_refused_and_changes_nothing_supposed(school):
    """A teacher supposes with a teacher's rights."""
    cycle = school.open()

    found = school.arranging.suppose(
        school.actor("liu"), cycle, [Advance(transition="approve"), Turn(verb="cancel", reason="-")]
    )

    assert all(isinstance(refused, NotAllowedError) for refused in found.refused)
    assert found.then == found.now
