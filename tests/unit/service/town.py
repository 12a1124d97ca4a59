"""The first school with somebody who changes it, and a look at its log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cycles.ledger import Body
from cycles.service import operator_of
from cycles.service.school import Schools
from cycles.store import OutboxRow, Store
from tests.unit.service.first_school import FirstSchool


class Town(FirstSchool):
    """The first school with somebody who changes it."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        self.schools = Schools(self.core, self.outbox)
        self.by = operator_of(self.id)

    def person(self, person_id: str) -> Any:
        """Somebody as the operator sees them."""
        return next(p for p in self.schools.people(self.by) if p.id == person_id)

    def log(self, subj: str) -> list[Body]:
        """The entries of a subject."""
        found = self.store.read(self.id, lambda work: work.entries(subj))
        return [Body.parse(entry.body) for entry in found]

    def names(self, subj: str) -> list[Any]:
        """The payloads of a subject's entries."""
        found = self.store.read(self.id, lambda work: work.entries(subj))
        return [json.loads(entry.payload.content) if entry.payload else None for entry in found]

    def waiting(self) -> list[tuple[str, str]]:
        """What waits in the outbox."""
        rows = self.store.read(self.id, lambda work: work.find(OutboxRow))
        return [(row.topic, row.key) for row in rows]
