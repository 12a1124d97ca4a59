"""Several steps at once, where they are clear."""

from __future__ import annotations

import pytest

from cycles.engine.commands import Advance, Open
from cycles.service import Given, operator_of
from cycles.service.arranging import Arranging
from cycles.store import open_store
from cycles.workflow.loading import load
from tests.unit.service.first_school import FirstSchool

NOTICE = """
workflow: notice
title: {zh: 通知, en: Notice}
start: drafted
open: {by: [group.head]}
subject:
  about: {type: text, required: true, title: {zh: 事由, en: About}}
roles:
  chair: {title: {zh: 主持人, en: Chair}, count: 1, default: group.head}
records:
  reply:
    title: {zh: 回执, en: Reply}
    by: chair
    one_per: []
    form:
      text: {type: text, required: true, title: {zh: 内容, en: Text}}
states:
  drafted: {zh: 起草, en: Drafted}
  read: {zh: 已读, en: Read}
  agreed: {zh: 已定, en: Agreed}
  sent: {zh: 已发, en: Sent}
  kept: {title: {zh: 已存, en: Kept}, final: true}
transitions:
  show: {title: {zh: 给大家看, en: Show}, from: drafted, to: read, by: chair}
  agree: {title: {zh: 定下来, en: Agree}, from: read, to: agreed, by: chair}
  send: {title: {zh: 发出, en: Send}, from: agreed, to: sent, by: chair}
  keep:
    title: {zh: 存档, en: Keep}
    from: sent
    to: kept
    by: chair
    guards:
      - filed: {record: reply}
"""


@pytest.fixture
def school(tmp_path):
    """The first school, with a workflow that has clear steps."""
    made = FirstSchool(open_store("memory://"), tmp_path)
    made.workflows.define(operator_of(made.id), [load(NOTICE, "notice.yaml")])
    return made


def _open(school):
    command = Open(cycle="", group="maths", zone="", subject={"about": "换教室"}, roles={})
    return school.acting.open(school.actor("song"), "notice", command, Given()).cycle


def test_steps_are_offered_together_as_far_as_they_are_clear(school):
    """Up to where something is missing; sent at once they succeed, an entry each."""
    cycle, arranging = _open(school), Arranging(school.core, school.looking)

    paths = arranging.at_hand(school.actor("song"), cycle).paths

    assert paths == (("show", "agree", "send"),)
    done = school.send("song", cycle, *(Advance(transition=name) for name in paths[0]))
    assert done.state == "sent"
    assert len(done.seqs) == 3


def test_to_whom_they_are_not_open_none_is_offered(school):
    """A member of the group has no step here."""
    cycle, arranging = _open(school), Arranging(school.core, school.looking)

    assert arranging.at_hand(school.actor("liu"), cycle).paths == ()
