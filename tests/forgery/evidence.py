"""A school's log worth forging, and an export of it, all of it made by real commands."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from cycles.engine.commands import Open, Turn, Waive
from cycles.ledger import Head
from cycles.service import Given, operator_of, shipped
from cycles.service.erasing import Erasing
from cycles.service.reading_log import LogQuestion
from cycles.service.samples import SampleQuestion, Samples
from cycles.service.school import Schools
from cycles.store import Store, open_store
from cycles.workflow.definition import Workflow
from cycles.workflow.version import Version
from tests.forgery.export import Export
from tests.unit.service import first_school
from tests.unit.service.log_school import LogSchool, members

__all__ = ["Evidence", "play", "rich", "small"]


@dataclass(frozen=True)
class Evidence:
    """An export as it was made, and what an auditor noted elsewhere when it was."""

    path: Path
    export: Export
    heads: tuple[Head, ...]

    @classmethod
    def of(cls, path: Path) -> Evidence:
        """What stands in a true export."""
        export = Export.read(members(path))
        return cls(path, export, tuple(export.manifest.heads.values()))


def rich(folder: Path) -> Evidence:
    """What an auditor gets: all that a log can hold is in it, some of it withheld or erased."""
    with closing(open_store("memory://")) as store:
        school = play(store, folder / "files")
        hidden = school.evaluating()  # hidden yet from the auditor
        looks_of_an_auditor(school, hidden)
        school.export(folder / "export.zip", "du")
    return Evidence.of(folder / "export.zip")


def looks_of_an_auditor(school: LogSchool, cycle: str) -> None:
    """A search, a cycle, an entry and a sample."""
    du = school.actor("du")
    school.reading.log(du, LogQuestion(late=True))
    school.looking.cycle(du, cycle)
    school.reading.entry(du, f"cycle:{cycle}", 1)
    Samples(school.core).draw(du, SampleQuestion(of="entries", seed="7", size=3))


def small(folder: Path) -> Evidence:
    """A few entries of each kind under one workflow, for a million trials."""
    one = [version for version in shipped() if version.key == "lesson-study"]
    with (
        closing(open_store("memory://")) as store,
        patch.object(first_school, "shipped", lambda: one),
    ):
        school = LogSchool(store, folder / "files")
        _changed_and_changed_back(school)
        schools = Schools(school.core, school.outbox)
        schools.add_person(operator_of(school.id), "李明")
        cycle = school.open()
        school.file("liu", cycle, "proposal", theme="动手操作", why="学生难以理解转化")
        school.do("song", cycle, "approve")
        sent = school.send_file("liu")
        script = {"digest": sent, "name": "说课稿.docx"}
        school.file("liu", cycle, "explanation", document=script)
        Erasing(school.core, school.outbox).erase(operator_of(school.id), "song")
        school.looking.cycle(school.actor("du"), cycle)
        school.export(folder / "export.zip")
    return Evidence.of(folder / "export.zip")


def play(store: Store, files: Path, *, between: Callable[[], None] = lambda: None) -> LogSchool:
    """Two rounds with a waiver, pauses, a cancelled cycle, linked visits, somebody erased.

    `between` is called now and then while the school is sound.
    """
    school = LogSchool(store, files)
    operator = operator_of(school.id)
    _changed_and_changed_back(school)
    schools = Schools(school.core, school.outbox)
    new = schools.add_person(operator, "李明")
    schools.appoint(operator, new, "teacher", "chinese")
    between()
    school.whole()
    between()
    visit = _visit(school)
    between()
    _visit(school, answers=visit)
    paused = school.open(by="qian", teacher="zhou")
    for verb in ("suspend", "resume"):
        school.send("zheng", paused, Turn(verb=verb, reason="期中考试"))
    school.file("zhou", paused, "proposal", theme="古诗", why="难背")
    school.send("zheng", paused, Turn(verb="cancel", reason="不上了"))
    between()
    waived = school.open()
    school.prepare(waived)
    between()
    _taught_without_observing(school, waived)
    # Qian opened the cancelled cycle: the words of that opening are gone.
    Erasing(school.core, school.outbox).erase(operator, "qian")
    return school


def _changed_and_changed_back(school: LogSchool) -> None:
    """The school tries lesson study in two to two rounds, and thinks better of it."""
    operator = operator_of(school.id)
    old = school.workflows.one(operator, "lesson-study").version
    plain = old.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    new = Version.of(Workflow.model_validate({**plain, "rounds": {"min": 2, "max": 2}}))
    for version in (new, old):
        school.workflows.define(operator, [version])


def _taught_without_observing(school: LogSchool, cycle: str) -> None:
    today = school.core.view(school.id).today(school.time).isoformat()
    school.file("song", cycle, "session", date=today, period=2, **{"class": "六1班"})
    sent = school.files.send(school.actor("liu"), "说课稿.docx", _other_file(), limit=100_000)
    script = {"digest": sent.digest, "name": "说课稿.docx"}
    school.file("liu", cycle, "explanation", document=script)  # late
    present = dict.fromkeys(("song", "ma"), "present")
    school.file("song", cycle, "attendance", people={**present, "he": "sick"})
    school.send("zheng", cycle, Waive(guard="observations", reason="临时停电"))
    school.file("liu", cycle, "reflection", text="收得急")


def _other_file() -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as document:
        document.writestr(zipfile.ZipInfo("word/document.xml"), "说课稿")
    packed.seek(0)
    return packed


def _visit(school: LogSchool, **subject: str) -> str:
    said = {"kind": "tracking", **subject}
    command = Open(cycle="", group="maths", zone="", subject=said, roles={"teacher": ("ma",)})
    return school.acting.open(school.actor("wu"), "classroom-visit", command, Given()).cycle
