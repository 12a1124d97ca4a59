"""Sending commands and answering with what became of them."""

from __future__ import annotations

from typing import Final

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from cycles.engine.commands import Command
from cycles.service import Actor, Given, Receipt
from cycles_api.assembly import Service
from cycles_api.logs import note
from cycles_api.rest.headers import etag
from cycles_api.rest.sent import Done
from cycles_api.wording import Language

__all__ = ["REPLAYED", "Asking", "Sent", "Serving", "Speaking", "do", "done"]

#: What every handler is given by name.
Serving = NamedDependency[SkipValidation[Service]]
Asking = NamedDependency[SkipValidation[Actor]]
Sent = NamedDependency[SkipValidation[Given]]
Speaking = NamedDependency[SkipValidation[Language]]

REPLAYED: Final = {"Idempotency-Replayed": "true"}


def do(
    service: Service,
    actor: Actor,
    cycle_id: str,
    given: Given,
    *commands: Command,
    status: int = 200,
) -> Response[Done]:
    """Do the commands in the cycle; answer with where it stands now."""
    return done(service.acting.act(actor, cycle_id, commands, given), status=status)


def done(receipt: Receipt, *, status: int = 200, location: str | None = None) -> Response[Done]:
    """The answer to an accepted command, with the cycle's new `ETag`."""
    note(
        cycle=receipt.cycle,
        act=" ".join(receipt.acts),
        revision=receipt.revision,
        replayed=receipt.replayed,
    )
    headers = {"ETag": etag(receipt.revision)}
    headers |= {"Location": location} if location else {}
    headers |= REPLAYED if receipt.replayed else {}
    answer = Done(
        cycle=receipt.cycle,
        revision=receipt.revision,
        state=receipt.state,
        round=receipt.round,
        entries=list(receipt.seqs),
        fired=list(receipt.fired),
        filings=list(receipt.filings),
        points=list(receipt.points),
    )
    return Response(answer, status_code=status, headers=headers)
