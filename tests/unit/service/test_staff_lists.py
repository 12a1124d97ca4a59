"""A staff list is imported whole or not at all, and the last import can be taken back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycles.engine.commands import Staff
from cycles.errors import ConflictError, NotAllowedError, StaffListError
from cycles.ledger import Body
from cycles.service import operator_of
from cycles.service.erasing import Erasing
from cycles.service.school import Schools
from cycles.service.staff_lists import StaffListReport, StaffLists
from cycles.service.tokens import Tokens
from cycles.service.verifying import verify_database
from cycles.store import FileRow, StaffImportRow, Store
from tests.unit.service.first_school import FirstSchool

ID_CARD, PHONE = "420000199001010000", "13812345678"
TODAY = date(2026, 10, 12)
LIST = f"""第一小学教师名册,,,,
姓名,教研组,组长,身份证号,手机
丁一,英语组,是,{ID_CARD},{PHONE}
于二,英语组,,,
Ma,英语组,,,
"""


class Office(FirstSchool):
    """The first school with somebody who imports lists."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        self.lists = StaffLists(self.core, self.outbox)
        self.schools = Schools(self.core, self.outbox)
        self.by = operator_of(self.id)

    def bring(self, text: str = LIST, **more: Any) -> StaffListReport:
        """Import a list; Ma is the one whom the school knows."""
        answers = more.pop("answers", {5: "same:ma"})
        return self.lists.apply(self.by, "名册.csv", text.encode("gb18030"), answers, **more)

    def seen(self, name: str) -> Any:
        """Somebody by name."""
        return next(p for p in self.schools.people(self.by) if p.name == name)

    def people(self) -> set[str]:
        """Everybody's name."""
        return {person.name for person in self.schools.people(self.by)}

    def directory(self) -> Any:
        """All people, groups and appointments."""
        found = self.core.view(self.id).directory
        return (
            sorted(found.persons, key=lambda each: each.id),
            sorted(found.groups, key=lambda each: each.id),
            sorted(found.appointments, key=lambda each: each.id),
        )

    def school_log(self) -> list[tuple[Body, Any]]:
        """The entries of the school itself, with payloads."""
        found = self.store.read(self.id, lambda work: work.entries("school"))
        return [
            (Body.parse(e.body), json.loads(e.payload.content) if e.payload else None)
            for e in found
        ]


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    """The first school, on each store."""
    return Office(store, tmp_path)


# --- importing -----------------------------------------------------------------------------


def test_a_preview_tells_everything_and_changes_nothing(office):
    """The report says who is new, who moves, and which columns are never stored."""
    before = office.directory()

    report = office.lists.preview(office.by, "名册.csv", LIST.encode(), {5: "same:ma"})

    assert report.ok
    assert report.import_id is None
    assert [row.outcome for row in report.rows] == ["new", "new", "moved"]
    assert (report.persons, report.groups, report.appointments, report.ended) == (2, 1, 3, 1)
    private = [c.title for c in report.ignored_columns if c.why in ("id-card", "phone")]
    assert private == ["身份证号", "手机"]
    assert office.directory() == before
    assert office.school_log() == []


def test_an_import_makes_people_groups_and_appointments_from_today_on(office):
    """What the list says is so from today; who moved was in the old group until yesterday."""
    office.bring()

    [english] = [g for g in office.schools.groups(office.by) if g.name == "英语组"]
    assert english.heads == (office.seen("丁一").id,)
    assert set(english.members) == {office.seen("丁一").id, office.seen("于二").id, "ma"}
    there = office.core.view(office.id).directory
    assert office.alias("ma") in there.group_members("maths", TODAY - timedelta(days=1))
    assert office.alias("ma") not in there.group_members("maths", TODAY)


def test_an_import_is_one_entry_with_names_in_its_payload_alone(office):
    """Counts and a digest stand in clear; the entry is of the school, by way of import."""
    report = office.bring()

    [(entry, payload)] = office.school_log()
    assert (entry.act, entry.via) == ("import", "import")
    assert entry.data["import"] == report.import_id
    counts = ("rows", "persons", "groups", "appointments", "ended")
    assert [entry.data[name] for name in counts] == [3, 2, 1, 3, 1]
    assert "丁一" not in repr(entry)
    assert set(payload["names"].values()) == {"丁一", "于二"}


def test_identity_and_telephone_numbers_are_stored_nowhere(office):
    """Neither the tables nor the log nor the report hold one."""
    report = office.bring()

    def kept(work: Any) -> str:
        rows = [row.model_dump() for row in work.find(StaffImportRow)]
        entries = [e for subj, _ in work.subjects() for e in work.entries(subj)]
        return repr((rows, entries))

    everything = office.store.read(office.id, kept) + repr((report, office.directory()))
    for number in (ID_CARD, PHONE):
        assert number not in everything


def test_nothing_is_imported_if_a_row_asks_or_is_wrong(office):
    """Without an answer who Ma is, nobody is taken; the report says which row asks."""
    before = office.directory()

    report = office.bring(answers={})

    assert (report.ok, report.import_id) == (False, None)
    assert report.rows[2].codes == ("same_name",)
    assert office.directory() == before
    assert office.school_log() == []


def test_the_good_rows_are_taken_if_asked_for(office):
    """`only_good` leaves out the row that asks, and says so."""
    report = office.bring(answers={}, only_good=True)

    assert report.import_id is not None
    assert office.people() >= {"丁一", "于二"}
    assert office.alias("ma") in office.core.view(office.id).directory.group_members("maths", TODAY)
    assert report.rows[2].outcome == "asks"


def test_a_list_that_changes_nothing_is_no_import(office):
    """The same list once more finds everybody there."""
    office.bring()

    report = office.bring(answers={})

    assert (report.ok, report.import_id) == (True, None)
    assert len(office.school_log()) == 1


def test_a_file_that_is_no_list_is_refused(office):
    """Its reason comes through, and nothing is written."""
    with pytest.raises(StaffListError):
        office.lists.apply(office.by, "名册.pdf", b"%PDF-1.4")

    assert office.school_log() == []


def test_a_list_of_hundreds_fits_its_entry(office):
    """However long the list, the entry's body stays within 16 KiB."""
    letters = "赵钱孙李周吴郑王冯陈"
    rows = [
        f"{a}{b}{c},第{a}组" for a in letters for b in letters for c in letters if a < b or c < a
    ]

    report = office.bring("姓名,教研组\n" + "\n".join(rows), answers={})

    assert report.persons == len(rows) > 500
    assert len(office.people()) == len(rows) + 9
    assert verify_database(office.core, office.id).ok


# --- undoing -------------------------------------------------------------------------------


def test_the_last_import_can_be_taken_back(office):
    """People, groups and appointments are as before, and their names leave the log as well."""
    before = office.directory()
    report = office.bring()

    undone = office.lists.undo_last(office.by)

    assert office.directory() == before
    assert undone.import_id == report.import_id
    assert (undone.persons, undone.groups, undone.reopened) == (2, 1, 1)
    log = office.school_log()
    assert [entry.act for entry, _ in log] == ["import", "undo_import", "erase"]
    assert [payload for _, payload in log] == [None, None, None]
    assert verify_database(office.core, office.id).ok


def test_an_import_is_undone_once(office):
    """A second press does not reach for the import before."""
    office.bring("姓名,教研组\n丁一,英语组", answers={})
    office.bring("姓名,教研组\n于二,英语组", answers={})
    office.lists.undo_last(office.by)

    with pytest.raises(ConflictError):
        office.lists.undo_last(office.by)

    assert "丁一" in office.people()


def test_without_an_import_there_is_nothing_to_undo(office):
    """A conflict that says so."""
    with pytest.raises(ConflictError):
        office.lists.undo_last(office.by)


def _used_by_token(office: Office) -> str:
    person = office.seen("丁一").id
    Tokens(office.core).make(office.by, person, "", 1)
    return person


def _used_in_cycle(office: Office) -> str:
    cycle = office.open()
    person = office.seen("于二").id
    office.schools.appoint(office.by, person, "teacher", "maths")
    add = Staff(verb="add", role="member", to=person, reason="帮忙听课")
    office.send("song", cycle, add)
    return person


def _sent_a_file(office: Office) -> str:
    person = office.seen("于二")
    row = FileRow(
        school_id=office.id,
        digest="a" * 64,
        uploaded_by=person.pseudonym,
        size=1,
        kind="application/pdf",
        uploaded_at=office.core.now_text(),
    )
    office.store.write(office.id, lambda work: work.add(row))
    return str(person.id)


def _renamed(office: Office) -> str:
    person = office.seen("于二").id
    office.schools.rename_person(office.by, person, "于三")
    return person


def _group_renamed(office: Office) -> str:
    [group] = [g.id for g in office.schools.groups(office.by) if g.name == "英语组"]
    office.schools.rename_group(office.by, group, "外语组")
    return group


def _group_joined(office: Office) -> str:
    [group] = [g.id for g in office.schools.groups(office.by) if g.name == "英语组"]
    office.schools.appoint(office.by, "he", "teacher", group)
    return group


def _appointment_ended(office: Office) -> str:
    [post] = [a for a in office.schools.appointments(office.by, "ma") if a.until_date is None]
    office.schools.end_appointment(office.by, post.id, TODAY)
    return post.id


def _old_appointment_changed(office: Office) -> str:
    office.schools.end_appointment(office.by, "a-ma", TODAY + timedelta(days=30))
    return "a-ma"


@pytest.mark.parametrize(
    "use",
    [
        _used_by_token,
        _used_in_cycle,
        _sent_a_file,
        _renamed,
        _group_renamed,
        _group_joined,
        _appointment_ended,
        _old_appointment_changed,
    ],
)
def test_what_is_in_use_or_changed_is_not_undone(office, use):
    """The refusal names what stands against it, and everything stays."""
    office.bring()
    used = use(office)
    before = office.directory()

    with pytest.raises(ConflictError) as refused:
        office.lists.undo_last(office.by)

    assert used in {each["id"] for each in refused.value.data["obstacles"]}
    assert office.directory() == before


def test_whoever_moved_and_takes_part_since_is_not_moved_back(office):
    """An appointment is in use where its person takes part in a cycle of the group."""
    office.bring("姓名,教研组\nMa,语文组", answers={2: "same:ma"})
    office.open("qian", "zhou")
    [post] = [a for a in office.schools.appointments(office.by, "ma") if a.until_date is None]

    with pytest.raises(ConflictError) as refused:
        office.lists.undo_last(office.by)

    told = {"kind": "appointment", "id": post.id, "code": "in_use", "person": "ma"}
    assert refused.value.data["obstacles"] == [told]


def test_whoever_is_in_a_cycle_by_their_group_is_in_use(office):
    """A cycle opened since the import has its new members in it, though they did nothing yet."""
    office.bring("姓名,教研组\n丁一,数学组", answers={})
    office.open()

    with pytest.raises(ConflictError) as refused:
        office.lists.undo_last(office.by)

    kinds = {each["kind"] for each in refused.value.data["obstacles"]}
    assert kinds == {"person", "appointment"}


def test_an_import_can_be_undone_after_one_of_its_people_was_erased(office):
    """What is left of it goes; who is gone stands in no receipt."""
    office.bring()
    Erasing(office.core, office.outbox).erase(office.by, office.seen("于二").id)

    undone = office.lists.undo_last(office.by)

    assert undone.persons == 1
    assert office.people() & {"丁一", "于二"} == set()
    assert verify_database(office.core, office.id).ok


def test_only_those_who_look_after_the_directory_import(office):
    """A teacher may not even look what a list would do."""
    by = office.actor("liu")
    for act in (
        lambda: office.lists.preview(by, "a.csv", LIST.encode()),
        lambda: office.lists.apply(by, "a.csv", LIST.encode()),
        lambda: office.lists.undo_last(by),
    ):
        with pytest.raises(NotAllowedError):
            act()
