"""The directory answers who holds which role on a day."""

from datetime import date

import pytest

from cycles.errors import CalendarError
from cycles.school import (
    ADMIN,
    AUDITOR,
    DEPUTY,
    GROUP_HEAD,
    HEAD,
    TEACHER,
    Appointment,
    Directory,
    Group,
    HeldRole,
    Person,
)

START, END = date(2026, 9, 1), date(2027, 1, 22)


def person(key: str, *, enabled: bool = True, guest: bool = False) -> Person:
    """A person whose pseudonym shows the id."""
    return Person(id=key, pseudonym=f"p_{key}", name=key, enabled=enabled, guest=guest)


def post(who: str, role: str, group: str | None = None, until: date | None = None) -> Appointment:
    """An appointment from the first of September on."""
    key = f"{who}-{role}-{group}"
    return Appointment(
        id=key, person=who, role=role, group=group, from_date=START, until_date=until
    )


SCHOOL = Directory(
    persons=(
        *(person(k) for k in ("head", "deputy", "li", "wang", "chen", "both", "audit", "root")),
        person("gone", enabled=False),
        person("expert", guest=True),
    ),
    groups=(Group(id="zh", name="语文组"), Group(id="ma", name="数学组")),
    appointments=(
        post("head", HEAD),
        post("deputy", DEPUTY),
        post("li", GROUP_HEAD, "zh"),
        post("wang", TEACHER, "zh", END),
        post("chen", GROUP_HEAD, "ma"),
        post("both", GROUP_HEAD, "zh"),
        post("both", GROUP_HEAD, "ma"),
        post("audit", AUDITOR),
        post("root", ADMIN),
        post("gone", TEACHER, "zh"),
        post("expert", TEACHER, "zh"),
    ),
)


def test_each_question_names_enabled_staff_once_and_sorted():
    """Roles answer pseudonyms of those on duty; disabled accounts and guests never appear."""
    assert SCHOOL.heads(START) == ("p_head",)
    assert SCHOOL.deputies(START) == ("p_deputy",)
    assert SCHOOL.auditors(START) == ("p_audit",)
    assert SCHOOL.group_heads("zh", START) == ("p_both", "p_li")
    assert SCHOOL.group_members("zh", START) == ("p_both", "p_li", "p_wang")
    assert SCHOOL.staff(START) == (
        "p_both",
        "p_chen",
        "p_deputy",
        "p_head",
        "p_li",
        "p_root",
        "p_wang",
    )


def test_an_appointment_covers_its_first_and_last_day():
    """The last day still counts, the day before the first and after the last do not."""
    assert "p_wang" in SCHOOL.group_members("zh", END)
    assert "p_wang" not in SCHOOL.group_members("zh", date(2027, 1, 23))
    assert SCHOOL.staff(date(2026, 8, 31)) == ()


def test_roles_and_account_of_one_person():
    """Roles carry their group; a disabled account and a stranger hold nothing."""
    both = (HeldRole(role=GROUP_HEAD, group="ma"), HeldRole(role=GROUP_HEAD, group="zh"))
    assert SCHOOL.roles_of("p_both", START) == both
    assert SCHOOL.roles_of("p_gone", START) == ()
    assert not SCHOOL.is_enabled("p_gone")
    assert not SCHOOL.is_enabled("p_nobody")
    assert SCHOOL.is_guest("p_expert")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"role": TEACHER}, "group-missing"),
        ({"role": HEAD, "group": "zh"}, "group-not-allowed"),
        ({"role": "king"}, "unknown-role"),
        ({"role": HEAD, "until_date": date(2026, 8, 1)}, "appointment-ends-before-it-starts"),
    ],
)
def test_a_contradictory_appointment_is_refused(fields, reason):
    """Each rule of appointments is refused with its own reason."""
    with pytest.raises(CalendarError) as refused:
        Appointment(**{"id": "a", "person": "li", "from_date": START, **fields})

    assert refused.value.reason == reason


def test_an_appointment_of_nobody_is_refused():
    """A directory only appoints people whom it knows."""
    with pytest.raises(CalendarError, match="not in the directory"):
        Directory(appointments=(post("li", HEAD),))
