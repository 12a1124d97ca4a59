"""A school with a token for everybody, made before its server starts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cycles.service import Core, operator_of, shipped
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.assembly import Service

__all__ = ["Person", "School", "make_school"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who sends commands."""

    id: str
    token: str = field(repr=False)

    @property
    def bearer(self) -> dict[str, str]:
        """Their header."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A group with its head and teachers, and the head of the school."""

    database: str
    files: Path
    group: str
    head: Person
    chair: Person
    teachers: tuple[Person, ...]


def make_school(database: str, files: Path, *, teachers: int) -> School:
    """Bring the database up to date and put a school into it."""
    with closing(open_store(database, migrate=True)) as store:
        service = Service(Core(store, FileFolder(files)))
        schools, operator = service.schools, operator_of("school")
        made = schools.create("school", "第一小学", "Asia/Shanghai", "cycles.test", "吴若兰")
        today = service.core.view("school").today(service.core.now())
        schools.set_term(operator, "本学期", today - timedelta(90), today + timedelta(90))
        group = schools.add_group(operator, "数学组")
        service.workflows.define(operator, shipped())

        def person(name: str, role: str) -> Person:
            new = schools.add_person(operator, name)
            schools.appoint(operator, new, role, group)
            return known(new)

        def known(person_id: str) -> Person:
            return Person(person_id, service.tokens.make(operator, person_id, "test", 7).text)

        return School(
            database=database,
            files=files,
            group=group,
            head=known(made.head),
            chair=person("宋明远", "group_head"),
            teachers=tuple(person(f"老师{n}", "teacher") for n in range(1, teachers + 1)),
        )
