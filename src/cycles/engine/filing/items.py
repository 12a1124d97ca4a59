"""The points and items of a filing: kept under their ids, or new; whose they are."""

from __future__ import annotations

import base64
import hmac
from typing import Any

from cycles.canonical import canonical_bytes, nfc
from cycles.engine.cycle import Filing, Point
from cycles.engine.forms import Filled, Item
from cycles.engine.people import People
from cycles.errors import FieldFault, InvalidInputError
from cycles.workflow.definition import RecordKind

__all__ = ["content_digest", "numbered_items", "with_ids"]


def numbered_items(
    people: People,
    name: str,
    filled: Filled,
    default_owner: str,
    superseded: tuple[Filing, ...],
    key: bytes,
) -> list[dict[str, Any]]:
    """The items with their ids: those kept from the version before, new ones numbered on."""
    kind = people.version.workflow.records[name]
    before = {f.id for f in superseded}
    old = {p.id: p for p in people.cycle.points.values() if p.filing in before}
    found: list[dict[str, Any]] = []
    faults: list[FieldFault] = []
    for number, item in enumerate(filled.items, start=1):
        place = f"fields.{item.field}"
        digest, kept = content_digest(key, item.content), old.get(item.id) if item.id else None
        if item.id and (kept is None or kept.field != item.field):
            data = {"id": item.id, "known": sorted(old)}
            faults.append(FieldFault(field=place, code="unknown_item", data=data))
        elif item.id in {i["id"] for i in found}:
            faults.append(FieldFault(field=place, code="item_twice", data={"id": item.id}))
        elif kept is not None and kept.digest != digest and _is_answered(people, kept):
            faults.append(FieldFault(field=place, code="item_answered", data={"id": item.id}))
        found.append(
            {
                "id": item.id or f"{people.cycle.revision + 1}.{number}",
                "field": item.field,
                "owner": _owner(people, kind, item, default_owner),
                "digest": digest,
            }
        )
    ids = {i["id"] for i in found}
    for point in old.values():
        if point.id not in ids and (_is_answered(people, point) or _is_merged(people, point)):
            data = {"id": point.id}
            faults.append(
                FieldFault(field=f"fields.{point.field}", code="item_answered", data=data)
            )
    if faults:
        raise InvalidInputError(faults)
    return found


def _is_answered(people: People, point: Point) -> bool:
    """Whether the point, or the one that it was merged into, has an answer."""
    into = people.cycle.points.get(point.merged_into or "")
    return bool(point.disposition or (into and into.disposition))


def _is_merged(people: People, point: Point) -> bool:
    """Whether it was made one with others: its words stay as their source."""
    others = people.cycle.points.values()
    return point.merged_into is not None or any(p.merged_into == point.id for p in others)


def _owner(people: People, kind: RecordKind, item: Item, default: str) -> str:
    """Whose item it is: the person in the owner column, the one meant, or whom it is about."""
    shape = kind.form[item.field]
    if shape.owner is None:
        return default
    columns = shape.item.form if shape.item else {}
    if len(shape.owner) == 1 and shape.owner[0] in columns and isinstance(item.content, dict):
        named = item.content.get(shape.owner[0])
        if not isinstance(named, str) or not people.around.directory.is_enabled(named):
            fault = FieldFault(
                field=f"fields.{item.field}", code="owner_needed", data={"column": shape.owner[0]}
            )
            raise InvalidInputError([fault])
        return named
    meant = people.on_duty(people.of(shape.owner)) or people.of(shape.owner)
    return default if default in meant or not meant else meant[0]


def with_ids(filled: Filled, items: list[dict[str, Any]]) -> dict[str, Any]:
    """The body as the payload keeps it: each item beside its id."""
    body = dict(filled.body)
    for item, entry in zip(filled.items, items, strict=True):
        lines = body[item.field] if body[item.field] is not filled.body[item.field] else []
        content = item.content if isinstance(item.content, dict) else {"text": item.content}
        body[item.field] = [*lines, {"id": entry["id"], **content}]
    return body


def content_digest(key: bytes, content: Any) -> str:
    """Equal content, equal digest; without the key it says nothing about the content."""
    return base64.b64encode(hmac.digest(key, canonical_bytes(nfc(content)), "sha256")).decode()
