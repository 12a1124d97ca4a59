"""Between the engine's events and the log's bodies, both ways; and replay for the verifier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cycles.engine.auditing import audited, may_be_withheld
from cycles.engine.cycle import Cycle
from cycles.engine.evolve import Event
from cycles.errors import ReplayError
from cycles.ledger import Body, Link, commitment, instant_text, place_after
from cycles.store import Payload
from cycles.workflow.version import Version

__all__ = ["EngineReplayer", "body_of", "event_of", "plain_body"]


def body_of(
    event: Event,
    *,
    log: str,
    link: Link | None,
    via: str,
    payload: Payload | None,
    idem: str | None,
) -> Body:
    """The body that says what the event says, in its place in the log."""
    place = place_after(link)
    return Body(
        log=log,
        subj=f"cycle:{event.cycle}",
        seq=place.seq,
        prev=place.prev,
        act=event.act,
        from_=event.from_,
        to=event.to,
        fired=event.fired,
        round=event.round,
        at=instant_text(event.at),
        actor=event.actor,
        for_=event.for_,
        role=event.role,
        via=via,
        def_=event.definition_id,
        guards=event.guards,
        data=event.data,
        pay=None if payload is None else commitment(payload.salt, payload.content),
        idem=idem,
    )


def plain_body(
    *,
    log: str,
    subj: str,
    link: Link | None,
    act: str,
    at: str,
    actor: str,
    via: str,
    data: Mapping[str, Any],
    payload: Payload | None,
) -> Body:
    """The body of an entry whose subject has no states: a person, a definition, the school."""
    place = place_after(link)
    return Body(
        log=log,
        subj=subj,
        seq=place.seq,
        prev=place.prev,
        act=act,
        from_=place.from_,
        to="-",
        round=0,
        at=at,
        actor=actor,
        via=via,
        def_=None,
        guards={},
        data=data,
        pay=None if payload is None else commitment(payload.salt, payload.content),
    )


def event_of(body: Body) -> Event:
    """The event that an entry of a cycle tells of."""
    return Event(
        cycle=body.subj.removeprefix("cycle:"),
        definition_id=body.def_ or "",
        seq=body.seq,
        act=body.act,
        from_=body.from_,
        to=body.to,
        fired=body.fired,
        round=body.round,
        at=datetime.fromisoformat(body.at),
        actor=body.actor,
        for_=body.for_,
        role=body.role,
        guards=body.guards,
        data=body.data,
    )


class EngineReplayer:
    """Replays each entry under its own workflow version, and judges again what it claims."""

    def __init__(self) -> None:
        self._versions: dict[str, Version] = {}

    def apply(self, state: object | None, body: Body, definition: bytes | None) -> object:
        """The cycle after the entry; raises `ReplayError` if it does not follow."""
        if definition is None or body.def_ is None:
            raise ReplayError("the workflow version is not there")
        version = self._versions.get(body.def_)
        if version is None:
            version = self._versions[body.def_] = Version.from_canonical(definition)
            if version.definition_id != body.def_:
                raise ReplayError("the workflow version is another", definition=body.def_)
        cycle = state if isinstance(state, Cycle) else None
        return audited(version, cycle, event_of(body))

    def may_be_withheld(self, state: object, body: Body) -> bool:
        """Whether some who export may not read the entry's payload yet, as its cycle stands."""
        version = self._versions.get(body.def_ or "")
        if version is None or not isinstance(state, Cycle):
            return False
        return may_be_withheld(version, state, event_of(body))
