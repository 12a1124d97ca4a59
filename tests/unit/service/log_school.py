"""The first school with a log worth reading: a whole lesson study, files, erasure, exports."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from cycles.engine.commands import Verify
from cycles.ledger import Manifest, Report
from cycles.school import HeldRole
from cycles.service import Actor, operator_of
from cycles.service.exporting import Exporting
from cycles.service.journal import plain_body
from cycles.service.reading_log import ReadingLog
from cycles.service.verifying import verify_database
from cycles.store import AppointmentRow, StoredEntry, Work
from tests.unit.service.first_school import FirstSchool

#: A file that Word would not open, but that begins and is built as one of its own.
DOCX = io.BytesIO()
with zipfile.ZipFile(DOCX, "w") as _packed:
    _packed.writestr(zipfile.ZipInfo("word/document.xml"), "教案")


class LogSchool(FirstSchool):
    """Plays a whole cycle, and reads, exports and checks the log."""

    def __init__(self, store: Any, folder: Path, school_id: str = "first") -> None:
        super().__init__(store, folder, school_id)
        self.reading, self.exporting = ReadingLog(self.core), Exporting(self.core)

    def whole(self) -> str:
        """A lesson study from proposal to archive, two rounds, one script as a file; its id."""
        cycle = self.open()
        self.prepare(cycle)
        self.teach(cycle, "六1班")
        self.evaluate(cycle)
        self.revise(cycle, "教案第二版")
        self.do("song", cycle, "teach_again")
        self.teach(cycle, "六2班")
        self.evaluate(cycle)
        self.revise(cycle, "教案第三版")
        self.do("song", cycle, "finish")
        sent = self.send_file("liu")
        self.file("liu", cycle, "case_report", document={"digest": sent, "name": "课例.docx"})
        self.file("liu", cycle, "written_reflection", text="三次修改")
        for point in self.looking.cycle(self.actor("liu"), cycle).points:
            if point.round == 1:
                self.send("ma", cycle, Verify(point=point.id, outcome="worked"))
        self.do("zheng", cycle, "archive")
        return cycle

    def evaluating(self) -> str:
        """A cycle in which only Ma has said the three ones, which nobody else may read yet."""
        cycle = self.open()
        self.prepare(cycle)
        self.teach(cycle, "六1班")
        said = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}
        self.file("ma", cycle, "three_ones", **said)
        return cycle

    def appoint(self, name: str, role: str) -> Actor:
        """Give somebody a role in the school besides what they are; them with it alone."""
        row = AppointmentRow(
            school_id=self.id,
            id=f"b-{name}",
            person=name,
            role=role,
            from_date=date(2026, 9, 1),
        )
        self.store.write(self.id, lambda work: work.add(row))
        return replace(self.actor(name), roles=(HeldRole(role=role, group=""),))

    def send_file(self, by: str) -> str:
        """Send a Word file; its SHA-256 in hex."""
        DOCX.seek(0)
        return self.files.send(self.actor(by), "课例.docx", DOCX, limit=100_000).digest

    # --- the log as it is stored -----------------------------------------------------------

    def entries(self, subj: str) -> list[StoredEntry]:
        """All entries of a subject."""
        return self.store.read(self.id, lambda work: work.entries(subj))

    def erase(self, cycle: str, *seqs: int, files: tuple[str, ...] = ()) -> None:
        """Erase payloads and files, and write the entry that says so."""
        subj = f"person:{self.alias('liu')}"

        def erased(work: Work) -> None:
            leaves = [e.leaf for e in work.entries(f"cycle:{cycle}") if e.seq in seqs]
            for leaf in leaves:
                assert work.erase_payload(leaf)
            data = {"leaves": [base64.b64encode(x).decode() for x in leaves], "files": list(files)}
            body = plain_body(
                log=f"cycles.example/{self.id}",
                subj=subj,
                link=work.link(subj),
                act="erase",
                at=self.core.now_text(),
                actor="-",
                via="cli",
                data=data,
                payload=None,
            )
            work.append(body, None)

        self.store.write(self.id, erased)
        for digest in files:
            self.core.files.remove(self.id, digest)

    # --- exports and checks ----------------------------------------------------------------

    def export(self, to: Path, by: str | None = None) -> Manifest:
        """Export to a file, as somebody or as the operator."""
        actor: Actor = operator_of(self.id) if by is None else self.actor(by)
        with to.open("wb") as out:
            return self.exporting.export(actor, out)

    def check(self) -> Report:
        """What a check of the database finds."""
        return verify_database(self.core, self.id)


def codes(report: Report) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in report.findings}


def members(path: Path) -> dict[str, bytes]:
    """What a zip holds, by name."""
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rezipped(path: Path, held: Mapping[str, bytes]) -> Path:
    """A zip that holds this."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in held.items():
            packed.writestr(name, content)
    return path
