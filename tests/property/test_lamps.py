"""What holds of the five lamps in any cycle of any workflow, whatever people do in it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cycles.engine.guards import outcome_of, wants_answer
from cycles.engine.lamps import LAMPS, lamps_of
from cycles.engine.reveal import is_revealed
from cycles.testing import check_play, workflows
from cycles.testing.laws import chooser
from cycles.workflow.loading import load

FILES = sorted((Path(__file__).resolve().parents[2] / "workflows").glob("*.yaml"))
SHIPPED = [load(file.read_bytes(), file.name) for file in FILES]


def _hold(version, cycle):
    """The promises of the lamps, at one moment of a cycle."""
    lamps = {lamp.name: lamp for lamp in lamps_of(version, cycle)}
    assert tuple(lamps) == LAMPS
    there = {f.record for f in cycle.filings if f.current}
    hidden = {f.id for f in cycle.filings if not is_revealed(version, cycle, f)}
    points = [p for p in cycle.points.values() if p.counting and p.merged_into is None]
    for lamp in lamps.values():
        # A lamp that is out names what is not there; one that is lit rests on what is.
        if lamp.code == "not_filed":
            assert there.isdisjoint(lamp.data["record"])
        if lamp.code == "filed":
            assert there.issuperset(lamp.data["record"])
    if lamps["rectification"].state == "lit":
        assert not any(wants_answer(p, p.record, cycle) for p in points if p.answered_round is None)
        assert lamps["feedback"].state != "none"
    if lamps["effect"].state == "lit":
        assert any(outcome_of(p, cycle) == "worked" for p in points)
    # Nobody learns from a lamp what is still hidden: with other words in it, it says the same.
    other = {k: structs.replace(p, digest="", owner="p_other") if p.filing in hidden else p
             for k, p in cycle.points.items()}  # fmt: skip
    twice = {f"{k}-more": structs.replace(p, id=f"{k}-more")
             for k, p in cycle.points.items() if p.filing in hidden and p.counting}  # fmt: skip
    changed = structs.replace(cycle, points={**other, **twice})
    assert lamps_of(version, changed) == tuple(lamps.values())


@given(version=st.one_of(workflows(), st.sampled_from(SHIPPED)), data=st.data())
def test_lamps_say_what_is_there_and_nothing_that_is_hidden(version, data):
    """At every step of any play."""
    play = check_play(version, chooser(data), laws=[])

    for step in play.steps:
        if step.decision is not None:
            _hold(version, step.decision.after)


@pytest.mark.parametrize("version", SHIPPED, ids=lambda v: v.key)
def test_each_shipped_workflow_has_feedback_to_light(version):
    """The chain of feedback is in each of them, or its lamps would mean nothing."""
    assert version.point_fields
