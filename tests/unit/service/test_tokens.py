"""Bearer tokens: shown once, kept as a hash, good for one person until they end."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from cycles.errors import InvalidInputError, NotAllowedError, NotFoundError
from cycles.school import HeldRole
from cycles.service import operator_of
from cycles.service.school import Schools
from cycles.service.tokens import NewToken, Tokens
from cycles.store import AppointmentRow, PersonRow, Store, TokenRow, Work
from tests.unit.service.first_school import FirstSchool


class Keys(FirstSchool):
    """The first school with somebody who makes tokens."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        self.tokens, self.by = Tokens(self.core), operator_of(self.id)

    def make(self, person: str = "liu", days: int = 30) -> NewToken:
        """A token for somebody."""
        return self.tokens.make(self.by, person, "手机", days)


@pytest.fixture
def keys(store: Store, tmp_path: Path) -> Keys:
    """The first school, on each store."""
    return Keys(store, tmp_path)


def test_a_token_stands_for_its_person_with_the_roles_of_today(keys):
    """Whoever shows it is that person, by way of the API, with what they hold now."""
    made = keys.make("song")

    actor = keys.tokens.authenticate(made.text)

    assert actor is not None
    assert (actor.school_id, actor.person, actor.via) == ("first", "song", "api")
    assert (actor.pseudonym, actor.guest) == (keys.alias("song"), False)
    assert actor.roles == (HeldRole(role="group_head", group="maths"),)


def test_a_role_that_ended_is_not_carried_on(keys):
    """The token says who, the directory of the day says what they hold."""
    made = keys.make("zheng")
    schools = Schools(keys.core, keys.outbox)
    schools.end_appointment(keys.by, "a-zheng", keys.core.view(keys.id).today(keys.time))

    keys.time += timedelta(days=1)

    actor = keys.tokens.authenticate(made.text)
    assert actor is not None
    assert actor.roles == ()


def test_a_token_has_256_bits_and_is_kept_as_a_hash_alone(keys):
    """Its text is 43 signs of base64 and stands nowhere in the database."""
    made = keys.make()

    assert re.fullmatch(r"cyc_[A-Za-z0-9_-]{43}", made.text)
    [row] = keys.store.read(keys.id, lambda work: work.find(TokenRow))
    assert re.fullmatch(r"[0-9a-f]{64}", row.digest)
    assert made.text[4:] not in repr(row.model_dump())
    assert made.text not in repr(made)


@pytest.mark.parametrize("text", ["", "cyc_", "cyc_" + "A" * 43, "Bearer x", "\ud800", "长" * 500])
def test_an_unknown_token_stands_for_nobody(keys, text):
    """Whatever is shown that was never made gets nobody, and no error."""
    assert keys.tokens.authenticate(text) is None


def test_a_token_ends_with_its_last_day(keys):
    """Good until that instant, and not at it."""
    made = keys.make(days=1)
    keys.time += timedelta(hours=23)
    assert keys.tokens.authenticate(made.text) is not None

    keys.time += timedelta(hours=1)

    assert keys.tokens.authenticate(made.text) is None


def test_a_revoked_token_is_good_for_nothing(keys):
    """Taken back at once, and no other with it; once more changes nothing."""
    lost, kept = keys.make(), keys.make()

    keys.tokens.revoke(keys.by, lost.id)
    keys.tokens.revoke(keys.by, lost.id)

    assert keys.tokens.authenticate(lost.text) is None
    assert keys.tokens.authenticate(kept.text) is not None
    revoked = [t.id for t in keys.tokens.list(keys.by, "liu") if t.revoked_at]
    assert revoked == [lost.id]
    with pytest.raises(NotFoundError) as told:
        keys.tokens.revoke(keys.by, "never")
    assert (told.value.kind, told.value.key) == ("token", "never")


def test_a_disabled_person_cannot_come_in(keys):
    """Disabling shuts out at once, enabling lets in again."""
    made, schools = keys.make("ma"), Schools(keys.core, keys.outbox)
    schools.disable(keys.by, "ma")
    assert keys.tokens.authenticate(made.text) is None

    schools.enable(keys.by, "ma")

    assert keys.tokens.authenticate(made.text) is not None


def test_a_person_who_is_gone_cannot_come_in(keys):
    """A token left over from somebody who is not in the directory stands for nobody."""
    made = keys.make("ma")

    def gone(work: Work) -> None:
        work.remove(AppointmentRow, person="ma")
        work.remove(PersonRow, id="ma")

    keys.store.write(keys.id, gone)

    assert keys.tokens.authenticate(made.text) is None


def test_a_guest_comes_in_as_one(keys):
    """A guest's token makes a guest, who holds nothing in the school."""
    guest = Schools(keys.core, keys.outbox).add_person(keys.by, "郭教授", guest=True)

    actor = keys.tokens.authenticate(keys.make(guest).text)

    assert actor is not None
    assert (actor.guest, actor.roles) == (True, ())


@pytest.mark.parametrize(
    ("days", "code"), [(0, "too_small"), (-1, "too_small"), (401, "too_large")]
)
def test_a_token_is_good_for_a_day_up_to_400(keys, days, code):
    """Neither none nor for ever; how long it may be is told."""
    with pytest.raises(InvalidInputError) as told:
        keys.make(days=days)

    (fault,) = told.value.faults
    assert (fault.field, fault.code, fault.data) == ("days", code, {"least": 1, "most": 400})
    assert keys.make(days=400).expires_at.startswith("2027-11-16")
    assert keys.make(days=1).expires_at.startswith("2026-10-13")


def test_tokens_are_listed_the_oldest_first_with_whose_they_are(keys):
    """All of the school, or one person's; never the secret itself."""
    made = [keys.make(person) for person in ("ma", "liu", "ma")]

    listed = keys.tokens.list(keys.by)

    assert [(t.id, t.person, t.label) for t in listed] == [
        (token.id, person, "手机") for token, person in zip(made, ("ma", "liu", "ma"), strict=True)
    ]
    assert [t.created_at for t in listed] == sorted(t.created_at for t in listed)
    assert [t.expires_at for t in listed] == [token.expires_at for token in made]
    assert [t.id for t in keys.tokens.list(keys.by, "ma")] == [made[0].id, made[2].id]
    assert not any(token.text in repr(listed) for token in made)


def test_only_those_who_keep_tokens_make_list_and_revoke_them(keys):
    """Not even the head hands out other people's tokens; and nobody for a stranger."""
    for act in (
        lambda: keys.tokens.make(keys.actor("wu"), "liu", "", 1),
        lambda: keys.tokens.list(keys.actor("liu")),
        lambda: keys.tokens.revoke(keys.actor("wu"), "x"),
    ):
        with pytest.raises(NotAllowedError):
            act()
    with pytest.raises(NotFoundError):
        keys.make("nobody")
