"""A term's report lessons and plan where a school has only begun: no term, no workflow, nobody."""

import pytest

from cycles.errors import NotAllowedError, NotFoundError
from cycles.service import Core, operator_of, shipped
from cycles.service.tokens import actor_of
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.assembly import Service


@pytest.fixture
def begun(tmp_path):
    """A school with a head, a group of two and somebody appointed to nothing; no term yet."""
    store = open_store("memory://")
    service = Service(Core(store, FileFolder(tmp_path)))
    schools, operator = service.schools, operator_of("new")
    made = schools.create("new", "新小学", "Asia/Shanghai", "cycles.test", "吴若兰")
    group = schools.add_group(operator, "数学教研组")
    people = {"wu": made.head}
    for key, name, role in (("song", "宋明远", "group_head"), ("an", "安宁", "teacher")):
        people[key] = schools.add_person(operator, name)
        schools.appoint(operator, people[key], role, group)
    people["idle"] = schools.add_person(operator, "闲")
    view = service.core.view("new")

    def actor(key):
        return actor_of(service.core, view, people[key], "web")

    yield service, actor
    store.close()


def test_before_there_is_a_workflow_it_says_so(begun):
    """Nobody can have arranged a lesson yet, and the plan has no rows."""
    service, actor = begun

    found = service.coverage.of(actor("wu"))

    assert not found.workflows
    assert found.counts == {"done": 0, "under_way": 0, "not_arranged": 2}
    assert service.plans.of(actor("wu")).rows == ()


def test_without_a_term_all_time_is_one(begun):
    """By name all the same; months need a term."""
    service, actor = begun
    service.workflows.define(operator_of("new"), shipped())

    found, plan = service.coverage.of(actor("wu")), service.plans.of(actor("wu"), month="2026-09")

    assert found.asked.term is None
    assert [teacher.name for teacher in found.teachers] == ["安宁", "宋明远"]
    assert (plan.asked.months, plan.month, plan.is_over) == ((), "", False)
    assert [row.opened for row in plan.rows] == [0, 0, 0]


def test_each_sees_what_they_look_after(begun):
    """The head the school, the group head the group, a teacher themselves, others nothing."""
    service, actor = begun

    seen = {key: service.coverage.of(actor(key)) for key in ("wu", "song", "an")}

    assert [len(found.teachers) for found in seen.values()] == [2, 2, 1]
    assert [found.own for found in seen.values()] == [False, False, True]
    with pytest.raises(NotAllowedError):
        service.coverage.of(actor("idle"))
    for key in ("an", "idle"):
        with pytest.raises(NotAllowedError):
            service.plans.of(actor(key))
    with pytest.raises(NotFoundError):
        service.coverage.of(actor("an"), group="any")
    with pytest.raises(NotFoundError):
        service.plans.of(actor("wu"), group="any")
