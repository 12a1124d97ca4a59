"""The teaching-research groups of a school."""

from __future__ import annotations

from dataclasses import dataclass

from cycles.errors import ConflictError
from cycles.school.staff_columns import key
from cycles.service.actors import Actor, require
from cycles.service.school.changing import Change, Changing, cleaned
from cycles.store import GroupRow

__all__ = ["GroupAnswer", "Groups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """A teaching-research group with its people of today, by id; members include the heads."""

    id: str
    name: str
    heads: tuple[str, ...]
    members: tuple[str, ...]


class Groups(Changing):
    """Adds groups and renames them; tells which there are, and who is in them today."""

    def add_group(self, actor: Actor, name: str) -> str:
        """A new group; its id. Raises `ConflictError` for a name that another has."""
        name = cleaned(name, "name")

        def added(change: Change) -> str:
            _refuse_same_name(change, name)
            group = self._core.new_id()
            change.work.add(GroupRow(school_id=change.work.school_id, id=group, name=name))
            change.enter("school", "add_group", {"group": group}, {"name": name})
            change.renew()
            return group

        return self._change(actor, added)

    def rename_group(self, actor: Actor, group_id: str, name: str) -> None:
        """Another name for a group; raises `ConflictError` for one that another has."""
        name = cleaned(name, "name")

        def renamed(change: Change) -> None:
            group = change.group(group_id)
            if group.name == name:
                return
            _refuse_same_name(change, name, but=group_id)
            change.work.put(GroupRow(school_id=change.work.school_id, id=group_id, name=name))
            change.enter("school", "rename_group", {"group": group_id}, {"name": name})
            change.renew()

        self._change(actor, renamed)

    def groups(self, actor: Actor) -> tuple[GroupAnswer, ...]:
        """All groups, by name, with their people of today."""
        require("groups", actor)
        view = self._core.view(actor.school_id)
        today, there = view.today(self._core.now()), view.directory
        found = [
            GroupAnswer(
                id=group.id,
                name=group.name,
                heads=tuple(view.id_of[p] for p in there.group_heads(group.id, today)),
                members=tuple(view.id_of[p] for p in there.group_members(group.id, today)),
            )
            for group in there.groups
        ]
        return tuple(sorted(found, key=lambda group: (group.name, group.id)))


def _refuse_same_name(change: Change, name: str, *, but: str | None = None) -> None:
    for group in change.directory.groups:
        if group.id != but and key(group.name) == key(name):
            raise ConflictError(
                "another group has this name; choose another one",
                data={"reason": "same_name", "group": group.id},
            )
