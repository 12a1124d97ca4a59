"""Samples of the log by a stated seed, as an auditor's programme asks for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from litestar import get
from litestar.params import QueryParameter

from cycles.ledger import MAX_SAMPLE, SEED
from cycles.service.samples import DrawnOne, SampleQuestion
from cycles_api.rest.doing import Asking, Serving, Speaking
from cycles_api.rest.ids import Id
from cycles_api.rest.sent import SampleOne, SampleShape
from cycles_api.rest.told import entry_shape, line_shape, names_of
from cycles_api.wording import Language

__all__ = ["INSTANT", "SAMPLE_ROUTES"]

#: An instant as the log writes it.
INSTANT: Final = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"

#: A day of this century; what no calendar has does not fit.
_DAY: Final = (
    r"^(20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))|20([02468][048]|[13579][26])-02-29)$"
)
Of = Annotated[
    Literal["cycles", "entries"], QueryParameter(description="Whole cycles, or single entries.")
]
Seed = Annotated[
    str | None, QueryParameter(pattern=f"^{SEED}$", description="Yours; one is made without it.")
]
Size = Annotated[int, QueryParameter(ge=1, le=MAX_SAMPLE)]
Day = Annotated[str | None, QueryParameter(pattern=_DAY, description="A day of the school.")]
Before = Annotated[
    str | None,
    QueryParameter(
        pattern=f"^{INSTANT}$",
        description="Only what was recorded before, like `2026-11-25T08:00:00.000000Z`; now.",
    ),
]


@get("/api/v1/log/sample", sync_to_thread=True)
def sample(
    service: Serving,
    actor: Asking,
    language: Speaking,
    of: Of = "cycles",
    seed: Seed = None,
    size: Size = 10,
    group: Id = None,
    since: Day = None,
    until: Day = None,
    before: Before = None,
) -> SampleShape:
    """Draw a sample.

    Candidates are ordered by the SHA-256 of `seed:id`; the first ones are drawn. `cycles sample`
    draws the same from an export. `until` is included.
    """
    asked = SampleQuestion(
        of=of,
        seed=seed or service.samples.seed(),
        size=size,
        group=group,
        since=_day(since),
        until=_day(until),
        before=before,
    )
    answer = service.samples.draw(actor, asked)
    asked = answer.asked
    return SampleShape(
        of=asked.of,
        seed=asked.seed,
        size=asked.size,
        group=asked.group,
        since=since,
        until=until,
        before=asked.before or "",
        count=answer.count,
        digest=answer.digest,
        drawn=[_shape(one, language) for one in answer.drawn],
        names=names_of(one.entry for one in answer.drawn if one.entry is not None),
    )


def _shape(one: DrawnOne, language: Language) -> SampleOne:
    return SampleOne(
        id=one.id,
        place=one.place,
        cycle=line_shape(one.cycle, language),
        entry=None if one.entry is None else entry_shape(one.entry, language),
    )


def _day(given: str | None) -> date | None:
    return None if given is None else date.fromisoformat(given)


SAMPLE_ROUTES = (sample,)
