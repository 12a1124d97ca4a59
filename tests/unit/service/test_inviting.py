"""Letting others in: whom, by whom, until when, and what the log says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cycles.engine.commands import File, Staff
from cycles.errors import (
    ConflictError,
    InvalidInputError,
    InvitationError,
    NotAllowedError,
    NotFoundError,
)
from cycles.ledger import instant_text
from cycles.service import Actor, Given, operator_of
from cycles.service.erasing import Erasing
from cycles.service.signing_in import Invitation, Opened
from cycles.service.tokens import actor_of
from cycles.service.unseen import unseen
from cycles.service.verifying import verify_database
from cycles.store import (
    CredentialRow,
    CycleFilter,
    InvitationRow,
    SessionRow,
    Store,
    Work,
    open_store,
)
from tests.unit.service.doors import ADDRESS, Doors
from tests.unit.service.log_school import DOCX

#: Everybody of the first school who may let others in, lowest first.
LETTING = ("song", "zheng", "wu", "operator")


class Inviters(Doors):
    """The first school with guests and an administrator."""

    def asking(self, name: str) -> Actor:
        """One of the people as they are today, or the command line."""
        if name == "operator":
            return operator_of(self.id)
        return actor_of(self.core, self.core.view(self.id), name, "web")

    def guest(self, name: str = "郭教授") -> str:
        """A guest; their id."""
        return self.schools.add_person(self.by, name, guest=True)

    def join(self, guest: str, cycle: str) -> None:
        """The guest becomes the cycle's expert."""
        self.send("song", cycle, Staff(verb="add", role="expert", to=guest, reason="请教"))

    def link(self, guest: str, cycle: str, days: int = 7) -> Invitation:
        """A link for a guest, by the group's head."""
        today = self.core.view(self.id).today(self.time)
        until = today + timedelta(days=days)
        return self.door.invite_guest(self.asking("song"), guest, cycle, until=until)

    def send_file(self, by: str) -> str:
        """Send a Word file; its SHA-256 in hex."""
        DOCX.seek(0)
        return self.files.send(self.actor(by), "教案.docx", DOCX, limit=100_000).digest

    def follow(self, invitation: Invitation, *, trust: bool = False) -> Opened:
        """Somebody opens the link."""
        code = invitation.link_path.removeprefix("/in/")
        return self.door.redeem(code, address=ADDRESS, device="微信", trust=trust)


@pytest.fixture
def doors(tmp_path: Path) -> Inviters:
    """The first school, in memory."""
    return Inviters(open_store("memory://"), tmp_path)


@pytest.fixture
def every(store: Store, tmp_path: Path) -> Inviters:
    """The first school, on each store."""
    return Inviters(store, tmp_path)


def test_a_head_prints_codes_for_the_group(every):
    """One each, readable aloud, good for two weeks, in the order asked for."""
    made = every.door.invite(every.asking("song"), ["liu", "ma", "he", "ma"])

    assert [(each.person, each.name) for each in made] == [
        ("liu", "Liu"),
        ("ma", "Ma"),
        ("he", "He"),
    ]
    for each in made:
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", each.code)
        assert each.link_path == "/in/" + each.code.replace("-", "")
        assert each.expires_at == every.time + timedelta(days=14)
    assert len({each.code for each in made}) == 3


def test_each_code_is_an_entry_without_the_code(every):
    """Who let in whom, until when; and the log still proves."""
    [made] = every.door.invite(every.asking("song"), ["liu"], days=3)
    again = every.door.let_in_again(every.asking("zheng"), "ma")

    told, [of_ma] = every.told_of("liu")[-1], every.told_of("ma")
    assert (told.act, told.actor, told.via) == ("invite", every.alias("song"), "web")
    assert told.data == {"until": instant_text(made.expires_at)}
    assert (of_ma.act, of_ma.actor) == ("let_in_again", every.alias("zheng"))
    everything = json.dumps([told.data, of_ma.data])
    assert made.code not in everything
    assert again.code not in everything
    assert verify_database(every.core, every.id).ok


def test_coming_in_is_no_entry(doors):
    """The log is about the work: when somebody opens the page is nobody's business."""
    code = doors.door.let_in_again(doors.asking("song"), "liu").code
    before = len(doors.told_of("liu"))

    opened = doors.door.redeem(code, address=ADDRESS, device="手机")
    doors.door.sign_out(opened.token)

    assert len(doors.told_of("liu")) == before


def test_whoever_comes_in_already_is_left_out(doors):
    """For them a code that lies on paper for two weeks would be a second key."""
    doors.settle("liu")
    doors.let_in("ma", trust=True)
    doors.let_in("he")

    made = doors.door.invite(doors.asking("song"), ["liu", "ma", "he"])

    assert [each.person for each in made] == ["he"]
    assert [body.act for body in doors.told_of("liu")] == ["let_in_again"]


def test_a_head_is_told_whether_anybody_else_was_let_in(doors):
    """Their own phone does not count; a code that was given out does."""
    wu = doors.asking("wu")
    assert not doors.door.others_invited(wu)
    doors.let_in("wu", trust=True)
    assert not doors.door.others_invited(wu)

    doors.door.invite(wu, ["song"])

    assert doors.door.others_invited(wu)


def test_a_new_code_takes_the_place_of_the_one_before(doors):
    """A sheet printed again makes the lost one worthless."""
    [lost] = doors.door.invite(doors.asking("song"), ["liu"])
    [found] = doors.door.invite(doors.asking("song"), ["liu"])

    with pytest.raises(InvitationError):
        doors.follow(lost)

    assert doors.follow(found).signed.actor.person == "liu"


def test_an_invitation_ends(doors):
    """Two weeks, and not at the end of them."""
    [made] = doors.door.invite(doors.asking("song"), ["liu"])
    doors.later(days=14)

    with pytest.raises(InvitationError):
        doors.follow(made)


@pytest.mark.parametrize("days", [0, -1, 61])
def test_an_invitation_is_good_for_a_day_up_to_sixty(doors, days):
    """Neither none nor for ever; nor for three hundred and one people."""
    with pytest.raises(InvalidInputError):
        doors.door.invite(doors.asking("song"), ["liu"], days=days)
    with pytest.raises(InvalidInputError):
        doors.door.invite(doors.asking("song"), ["liu"] * 301)

    assert doors.door.invite(doors.asking("song"), ["liu"], days=60)


@pytest.mark.parametrize(
    ("person", "by"),
    [
        ("liu", LETTING),
        ("qian", ("zheng", "wu", "operator")),
        ("zhou", ("zheng", "wu", "operator")),
        ("du", ("zheng", "wu", "operator")),
        ("song", ("zheng", "wu", "operator")),
        ("zheng", ("wu", "operator")),
        ("wu", ("operator",)),
    ],
)
def test_nobody_gets_more_rights_by_letting_somebody_in(doors, person, by):
    """A head of group lets in the group, a deputy all but the head; nobody themselves."""
    allowed = []
    for name in (*LETTING, "liu", "du", "qian"):
        try:
            doors.door.let_in_again(doors.asking(name), person)
            allowed.append(name)
        except NotAllowedError:
            with pytest.raises(NotAllowedError):
                doors.door.invite(doors.asking(name), [person])
            with pytest.raises(NotAllowedError):
                doors.door.take_back(doors.asking(name), person)

    assert set(allowed) - {"qian"} == set(by)
    assert ("qian" in allowed) == (person == "zhou")


def test_a_group_head_does_not_let_in_whoever_is_more(doors):
    """A deputy who teaches maths, or heads another group, is let in by those above."""
    doors.schools.appoint(doors.by, "ma", "deputy")
    doors.schools.appoint(doors.by, "he", "group_head", "chinese")
    doors.schools.appoint(doors.by, "liu", "teacher", "chinese")
    song = doors.asking("song")

    for person in ("ma", "he"):
        with pytest.raises(NotAllowedError):
            doors.door.let_in_again(song, person)

    assert doors.door.let_in_again(song, "liu")


def test_an_administrator_lets_everybody_in(doors):
    """Whoever keeps the accounts; they can make tokens, too."""
    doors.schools.appoint(doors.by, "he", "admin")

    assert doors.door.let_in_again(doors.asking("he"), "wu")
    with pytest.raises(NotAllowedError):
        doors.door.let_in_again(doors.asking("zheng"), "he")


def test_one_refusal_makes_no_code_at_all(doors):
    """Of a list in which one person may not be let in, nobody is."""
    for ids in (["liu", "zhou"], ["liu", "nobody"]):
        with pytest.raises((NotAllowedError, NotFoundError)):
            doors.door.invite(doors.asking("song"), ids)

    assert doors.store.read(doors.id, lambda work: work.find(InvitationRow)) == []
    assert doors.told_of("liu") == []


def test_the_disabled_and_guests_get_no_code(doors):
    """An account is enabled first; a guest comes by a link."""
    doors.schools.disable(doors.by, "liu")

    for person, reason in (("liu", "is_disabled"), (doors.guest(), "comes_by_link")):
        with pytest.raises(ConflictError) as caught:
            doors.door.let_in_again(doors.by, person)
        assert caught.value.data == {"reason": reason}


def test_an_access_is_taken_back_at_once(every):
    """Sessions and codes end, an entry says so; the password stays; again, nothing changes."""
    every.settle("liu")
    opened = every.sign_in("Liu")
    code = every.door.let_in_again(every.by, "liu")

    every.door.take_back(every.asking("song"), "liu")
    every.door.take_back(every.asking("song"), "liu")

    assert not every.is_in(opened)
    with pytest.raises(InvitationError):
        every.follow(code)
    told = [body for body in every.told_of("liu") if body.act == "take_back"]
    assert [body.data for body in told] == [{"sessions": 2, "codes": 1}]
    assert every.sign_in("Liu")
    assert verify_database(every.core, every.id).ok


# --- guests --------------------------------------------------------------------------------


def test_whose_account_is_disabled_is_out_alone(doors):
    """Their session and code end; everybody else's go on."""
    [theirs, others] = doors.door.invite(doors.asking("song"), ["liu", "ma"])
    inside, beside = doors.let_in("he"), doors.let_in("wu")

    for person in ("liu", "he"):
        doors.schools.disable(doors.by, person)

    assert (doors.is_in(inside), doors.is_in(beside)) == (False, True)
    with pytest.raises(InvitationError):
        doors.follow(theirs)
    assert doors.follow(others)


def test_a_guest_comes_by_a_link_as_often_as_they_like(every):
    """Until the end of the last day; from the phone and from the desk."""
    guest, cycle = every.guest(), every.open()
    every.join(guest, cycle)

    made = every.link(guest, cycle)
    phone, desk = every.follow(made, trust=True), every.follow(made)

    assert re.fullmatch("/in/[0-9A-HJKMNP-TV-Z]{24}", made.link_path)
    assert made.expires_at == datetime(2026, 10, 19, 16, tzinfo=UTC)
    assert phone.signed.guest_cycle == desk.signed.guest_cycle == cycle
    assert phone.signed.actor.guest
    assert phone.expires_at == made.expires_at
    every.time = made.expires_at - timedelta(seconds=1)
    assert every.is_in(phone)
    every.later(seconds=1)
    assert not every.is_in(phone)
    with pytest.raises(InvitationError):
        every.follow(made)


def test_a_guests_link_is_an_entry(every):
    """Whom, to which cycle, until when, by whom."""
    guest, cycle = every.guest(), every.open()

    made = every.link(guest, cycle)

    alias = every.core.view(every.id).person_of[guest].pseudonym
    found = every.store.read(every.id, lambda work: work.entries(f"person:{alias}"))
    body = json.loads(found[-1].body)
    assert (body["act"], body["actor"]) == ("invite_guest", every.alias("song"))
    assert body["data"] == {"cycle": cycle, "until": instant_text(made.expires_at)}
    assert verify_database(every.core, every.id).ok


def test_a_guest_sees_the_one_cycle_and_nothing_else(every):
    """Not even another one in which they take part: neither it, its tasks, its records, files."""
    guest, here, there = every.guest(), every.open(), every.open(teacher="ma")
    for cycle in (here, there):
        every.join(guest, cycle)
    document = {"digest": every.send_file("ma"), "name": "教案.docx"}
    every.file("ma", there, "proposal", theme="主题", why="理由")
    every.do("song", there, "approve")
    every.file("ma", there, "explanation", document=document)
    unbound = actor_of(every.core, every.core.view(every.id), guest, "web")
    assert every.looking.cycle(unbound, there).line.id == there

    actor = every.follow(every.link(guest, here)).signed.actor

    assert every.looking.cycle(actor, here).line.id == here
    lines, _ = every.looking.cycles(actor, CycleFilter())
    assert [line.id for line in lines] == [here]
    assert {each.cycle.id for each in every.looking.tasks(actor)} <= {here}
    for ask in (
        lambda: every.looking.cycle(actor, there),
        lambda: every.looking.transitions(actor, there),
        lambda: every.files.fetch(actor, document["digest"]),
        lambda: every.acting.act(actor, there, [File(record="proposal", fields={})], Given()),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_a_guest_of_two_cycles_has_two_links(doors):
    """A new link takes the place of the one to the same cycle, and ends what it had opened."""
    guest, here, there = doors.guest(), doors.open(), doors.open(teacher="ma")
    first, other = doors.link(guest, here), doors.link(guest, there)
    lost, kept = doors.follow(first), doors.follow(other)

    second = doors.link(guest, here)

    assert [doors.is_in(each) for each in (lost, kept)] == [False, True]
    with pytest.raises(InvitationError):
        doors.follow(first)
    assert doors.follow(second).signed.guest_cycle == here
    assert doors.follow(other).signed.guest_cycle == there


def test_a_guests_access_is_taken_back_at_once(doors):
    """The link and what it opened."""
    guest, cycle = doors.guest(), doors.open()
    made = doors.link(guest, cycle)
    opened = doors.follow(made)

    doors.door.take_back(doors.asking("song"), guest)

    assert not doors.is_in(opened)
    with pytest.raises(InvitationError):
        doors.follow(made)


def test_a_guest_sets_no_password(doors):
    """They come by the link, and by nothing that would outlive it."""
    guest, cycle = doors.guest(), doors.open()
    signed = doors.follow(doors.link(guest, cycle)).signed

    with pytest.raises(NotAllowedError):
        doors.door.set_first_password(signed.actor, "三只麻雀和一把伞", session=signed.session)

    assert doors.store.read(doors.id, lambda work: work.find(CredentialRow)) == []


def test_who_runs_the_group_invites_its_guests(doors):
    """Its head, the deputy, the head; for others there is no such cycle, or it is refused."""
    guest, cycle = doors.guest(), doors.open()
    day = doors.core.view(doors.id).today(doors.time)

    for name in LETTING:
        assert doors.door.invite_guest(doors.asking(name), guest, cycle, until=day)
    for name in ("liu", "qian", "du", "zhou"):
        with pytest.raises((NotAllowedError, NotFoundError)):
            doors.door.invite_guest(doors.asking(name), guest, cycle, until=day)
    with pytest.raises(NotFoundError):
        doors.door.invite_guest(doors.asking("song"), guest, "none", until=day)


def test_whoever_heads_another_group_invites_no_guest_here(doors):
    """Even where they take part in the cycle themselves."""
    guest, cycle = doors.guest(), doors.open()
    doors.send("song", cycle, Staff(verb="add", role="member", to="qian", reason="一起备课"))
    day = doors.core.view(doors.id).today(doors.time)
    assert doors.looking.cycle(doors.asking("qian"), cycle)

    with pytest.raises(NotAllowedError):
        doors.door.invite_guest(doors.asking("qian"), guest, cycle, until=day)


def test_a_teacher_of_the_school_gets_no_guests_link(doors):
    """A link to one cycle is for people from outside."""
    cycle = doors.open()

    with pytest.raises(ConflictError) as caught:
        doors.link("he", cycle)

    assert caught.value.data == {"reason": "not_a_guest"}


@pytest.mark.parametrize("days", [-1, 201])
def test_a_guests_link_ends_within_200_days(doors, days):
    """Neither in the past nor for ever."""
    guest, cycle = doors.guest(), doors.open()

    with pytest.raises(InvalidInputError):
        doors.link(guest, cycle, days)

    assert doors.link(guest, cycle, 0)
    assert doors.link(guest, cycle, 200)


def test_a_disabled_guest_gets_no_link(doors):
    """The account is enabled first."""
    guest, cycle = doors.guest(), doors.open()
    doors.schools.disable(doors.by, guest)

    with pytest.raises(ConflictError):
        doors.link(guest, cycle)


# --- gone ----------------------------------------------------------------------------------


def test_nothing_by_which_they_came_in_is_left_of_the_erased(every):
    """Password, sessions and codes go with the person, and with nobody else."""
    opened = every.settle("liu")
    code = every.door.let_in_again(every.by, "liu")
    other = every.settle("ma")

    Erasing(every.core, every.outbox).erase(every.by, "liu")

    def left(work: Work) -> set[str]:
        kinds = (CredentialRow, SessionRow, InvitationRow)
        return {row.model_dump()["person"] for kind in kinds for row in work.find(kind)}

    assert every.store.read(every.id, left) == {"ma"}
    assert not every.is_in(opened)
    assert every.is_in(other)
    with pytest.raises(InvitationError):
        every.follow(code)
    assert verify_database(every.core, every.id).ok


def test_tasks_and_links_elsewhere_are_not_told(doors):
    """Of the cycles of one person, a link for the first tells nothing of the second."""
    here, there = doors.open(teacher="ma"), doors.open(teacher="ma")
    actor = replace(doors.actor("ma"), only_cycle=here)
    assert {t.cycle.id for t in doors.looking.tasks(doors.actor("ma"))} == {here, there}

    def hidden(work: Work) -> frozenset[str]:
        return unseen(doors.core, work, doors.core.view_in(work), [here, there], actor)

    assert {t.cycle.id for t in doors.looking.tasks(actor)} == {here}
    assert doors.store.read(doors.id, hidden) == {there}


def test_somebody_bound_to_one_cycle_reaches_no_other():
    """The actor says it; what stands in no cycle is decided elsewhere."""
    actor = replace(operator_of("first"), only_cycle="c1")

    assert actor.may_reach("c1")
    assert not actor.may_reach("c2")
    assert operator_of("first").may_reach("c2")
