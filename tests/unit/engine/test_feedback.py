"""The life of a point: raised, kept, merged, answered, verified, carried."""

import pytest

from cycles.engine.commands import Answer, File, Merge, Verify
from cycles.engine.guards import outcome_of
from cycles.errors import InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import REMARKS, Remarks
from tests.unit.engine.stage import BAI, DEPUTY, HE, LIU, MA, SONG, Stage, small


def test_a_point_is_of_whom_the_record_is_about() -> None:
    """Each weakness becomes a point of the author's, raised by whoever filed it."""
    stage = Remarks().talk()

    points = stage.say(MA, "提问太多", hope=["留时间"])

    assert [(p.field, p.raised_by, p.owner, p.round) for p in points] == [
        ("weak", MA, LIU, 1),
        ("hope", MA, LIU, 1),
    ]
    assert all(p.counting for p in points)


def test_points_said_for_another_are_the_others() -> None:
    """代录: who said it has raised it, whoever typed."""
    stage = Remarks().talk()

    stage.send(SONG, File(record="remarks", for_=HE, fields={"weak": ["太快"]}))

    assert [p.raised_by for p in stage.now.points.values()] == [HE]


def test_ids_survive_superseding() -> None:
    """A new version keeps the points whose ids it sends; the others stand no more."""
    stage = Remarks().talk()
    one, two = stage.say(MA, "提问太多", "板书太快")

    again = stage.say(MA, {"id": one.id, "text": "提问太碎"}, "语速太快")

    assert [p.id for p in again] == [one.id, again[1].id]
    assert stage.points() == [one.id, again[1].id]
    assert not stage.now.points[two.id].counting
    assert stage.now.points[one.id].digest != one.digest


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([], [("required", {})]),
        (["别的"], [("item_answered", {"id": "4.1"})]),
        ([{"id": "4.1", "text": "改了的话"}], [("item_answered", {"id": "4.1"})]),
        (
            [{"id": "9.9", "text": "提问太多"}],
            [("unknown_item", {"id": "9.9", "known": ["4.1"]}), ("item_answered", {"id": "4.1"})],
        ),
        ([{"id": "4.1", "text": "提问太多"}] * 2, [("item_twice", {"id": "4.1"})]),
    ],
)
def test_an_answered_point_is_neither_dropped_nor_reworded(
    sent: list[object], told: list[tuple[str, dict[str, object]]]
) -> None:
    """What has an answer stays as it was said; ids are the engine's own, each once."""
    stage = Remarks(("file_in: [talk]", "file_in: [talk, revise]"))
    stage.talk()
    stage.say(HE, "板书太快")
    (point,) = stage.say(MA, "提问太多")
    stage.go(SONG, "talked").answer(point.id)
    assert point.id == "4.1"

    said = File(record="remarks", fields={"weak": sent, "hope": ["留时间"]})
    refusal = stage.refuse(InvalidInputError, MA, said)

    assert [(f.code, f.data) for f in refusal.faults] == told
    assert {f.field for f in refusal.faults} == {"fields.weak"}


def test_an_answered_point_may_be_sent_again_as_it_is() -> None:
    """Superseding around an answered point keeps its answer."""
    stage = Remarks(("file_in: [talk]", "file_in: [talk, revise]")).revise()
    one = stage.points()[0]
    stage.answer(one, "partly")

    stage.say(MA, {"id": one, "text": "提问太多"}, "还有一条")

    assert stage.now.points[one].disposition == "partly"
    assert stage.now.points[one].counting


def merged() -> tuple[Remarks, str, str]:
    """Ma's point with He's merged into it."""
    stage = Remarks(("file_in: [talk]", "file_in: [talk, revise]"))
    stage.talk()
    (one,) = stage.say(MA, "提问太多")
    (two,) = stage.say(HE, "问题太碎")
    stage.show().merge(one.id, two.id)
    return stage, one.id, two.id


def test_merging_keeps_the_sources() -> None:
    """Like points become one, under its own id; the sources stay as they were said."""
    stage, one, two = merged()

    points = stage.now.points

    assert (points[one].merged_into, points[two].merged_into) == (None, one)
    assert (points[two].raised_by, points[two].counting) == (HE, True)


def test_what_was_merged_before_goes_along() -> None:
    """Merging a merged point takes its sources with it."""
    stage, one, two = merged()
    (three,) = stage.say(SONG, "提问没有层次")

    stage.merge(three.id, one)

    assert {p.id: p.merged_into for p in stage.now.points.values()} == {
        one: three.id,
        two: three.id,
        three.id: None,
    }


def test_a_merged_point_can_be_neither_dropped_nor_answered_alone() -> None:
    """Neither the sources nor the one they became can be taken away by a new version."""
    stage, one, two = merged()

    for person in (MA, HE):
        said = File(record="remarks", fields={"weak": ["另一条"]})
        faults = stage.refuse(InvalidInputError, person, said).faults
        assert [f.code for f in faults] == ["item_answered"]

    stage.go(SONG, "talked")
    refusal = stage.refuse(InvalidInputError, LIU, Answer(point=two, disposition="adopted"))
    assert refusal.faults[0].data["merged_into"] == [one]


def test_the_sources_of_an_answered_point_are_not_reworded() -> None:
    """One answer serves all: what it answers stays as it was said."""
    stage, one, two = merged()
    stage.go(SONG, "talked").answer(one)

    said = File(record="remarks", fields={"weak": [{"id": two, "text": "别的话"}]})
    refusal = stage.refuse(InvalidInputError, HE, said)

    assert [f.code for f in refusal.faults] == ["item_answered"]


def test_points_are_merged_until_the_first_answer() -> None:
    """An answered point is merged with nothing, neither as the one nor as the other."""
    stage = Remarks().revise()
    one, two = stage.points()
    stage.answer(one)

    for into, source in ((one, two), (two, one)):
        refusal = stage.refuse(InvalidInputError, SONG, Merge(points=(source,), into=into))
        assert refusal.faults[0].code == "not_to_merge"


def test_only_like_points_are_merged() -> None:
    """Points of another round are not, nor one with itself; others than the chair never."""
    stage = Remarks().revise()
    old, other = stage.points()
    stage.answer(old, "deferred")
    stage.answer(other, "deferred")
    stage.go(SONG, "desk")
    (new,) = stage.say(SONG, "新的一条")

    for points in ((old,), (new.id,), ()):
        refusal = stage.refuse(InvalidInputError, SONG, Merge(points=points, into=new.id))
        assert refusal.faults[0].code == "not_to_merge"
    stage.say(MA, "我的")
    refused = stage.refuse(NotAllowedError, MA, Merge(points=(old,), into=new.id))
    assert refused.data["who"] == [SONG]


def test_where_nobody_is_to_merge_nothing_is_merged() -> None:
    """A record without `merge` keeps its points apart."""
    stage = Remarks(("    merge: chair\n", "")).revise()
    own, other = stage.points()

    fault = stage.refuse(InvalidInputError, SONG, Merge(points=(other,), into=own)).faults[0]

    assert (fault.field, fault.code) == ("into", "not_to_merge")


def test_merged_into_a_late_point_it_still_asks_an_answer() -> None:
    """What was said in time is answered, whichever of the two is kept."""
    stage = Remarks().revise()
    one, two = stage.points()
    (late,) = stage.say(SONG, "提问太多了")

    stage.merge(late.id, one, two)

    assert stage.verdict("answered", "close").remedies[0].items == (late.id,)


def test_what_was_dropped_is_merged_with_nothing() -> None:
    """A point that its raiser took back can swallow no other."""
    stage = Remarks().talk()
    (gone,) = stage.say(MA, "说错了")
    stage.say(MA, "提问太多")
    stage.say(HE, "问题太碎")
    stage.show()

    refusal = stage.refuse(
        InvalidInputError, SONG, Merge(points=tuple(stage.points()), into=gone.id)
    )

    assert refusal.faults[0].code == "not_to_merge"


@pytest.mark.parametrize("disposition", ["partly", "declined", "deferred"])
def test_every_answer_but_adopted_wants_a_reason(disposition: str) -> None:
    """部分采纳, 暂不采纳 and 以后再改 say why; 采纳 is one tap."""
    stage = Remarks().revise()
    one, two = stage.points()

    refusal = stage.refuse(InvalidInputError, LIU, Answer(point=one, disposition=disposition))
    stage.send(LIU, Answer(point=one, disposition=disposition, reason="学生还没学"))
    stage.send(LIU, Answer(point=two, disposition="adopted"))

    assert [(f.field, f.code) for f in refusal.faults] == [("reason", "required")]
    assert [stage.now.points[p].disposition for p in (one, two)] == [disposition, "adopted"]


def test_only_the_owner_answers_or_who_types_for_them() -> None:
    """The chair types what the author said; a member answers nothing."""
    stage = Remarks().revise()
    one, two = stage.points()

    refusal = stage.refuse(NotAllowedError, MA, Answer(point=one, disposition="adopted"))
    stage.refuse(NotAllowedError, MA, Answer(point=one, disposition="adopted", for_=LIU))
    stage.send(SONG, Answer(point=one, disposition="adopted", for_=LIU))

    assert refusal.data["who"] == [LIU]
    assert (stage.log[-1].actor, stage.log[-1].for_) == (SONG, LIU)
    assert stage.answer(two).disposition == "adopted"


def test_an_unknown_answer_is_refused_with_those_there_are() -> None:
    """The words of an answer are the file's."""
    stage = Remarks().revise()

    command = Answer(point=stage.points()[0], disposition="maybe")
    fault = stage.refuse(InvalidInputError, LIU, command).faults[0]

    assert (fault.field, fault.code) == ("disposition", "not_an_option")
    assert fault.data["known"] == ["adopted", "partly", "declined", "deferred"]


def in_second_round() -> tuple[Remarks, str]:
    """Ma's point, adopted in round 1; the lesson of round 2 was taught."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "again")
    return stage.talk(), stage.points()[0]


def test_an_answer_changes_until_it_is_seen_to_work() -> None:
    """未见效 opens it again; 已见效 closes it for good."""
    stage, point = in_second_round()
    stage.verify(MA, point, "not_yet")
    stage.answer(point, "partly")
    stage.say(SONG, "别的")
    stage.say(HE, "别的")
    stage.go(SONG, "talked")
    for open_point in stage.points()[1:]:
        stage.answer(open_point, "declined")
    stage.go(SONG, "again").talk()
    stage.verify(MA, point, "worked")

    refusal = stage.refuse(WrongStateError, LIU, Answer(point=point, disposition="adopted"))

    assert refusal.data == {"point": point}


def outcome(stage: Remarks, point: str) -> str | None:
    """What verification says of the point now."""
    return outcome_of(stage.now.points[point], stage.now)


def test_the_voice_of_whoever_raised_it_counts_before_all_others() -> None:
    """Ma raised it: his word holds against two others."""
    stage, point = in_second_round()
    stage.verify(SONG, point, "worked")
    stage.verify(HE, point, "worked")

    by_others = outcome(stage, point)
    stage.verify(MA, point, "not_yet")

    assert (by_others, outcome(stage, point)) == ("worked", "not_yet")
    assert len(stage.now.points[point].voices) == 3


def test_without_the_raiser_the_majority_counts_and_a_tie_is_not_yet() -> None:
    """One voice each way is not enough to have worked."""
    stage, point = in_second_round()
    stage.verify(SONG, point, "worked")
    one = outcome(stage, point)
    stage.verify(HE, point, "not_yet")

    assert (one, outcome(stage, point)) == ("worked", "not_yet")


def test_who_raised_a_source_has_raised_the_merged_point() -> None:
    """He's point became Ma's: his voice on it is a raiser's."""
    stage, one, _ = merged()
    stage.go(SONG, "talked").answer(one)
    stage.go(SONG, "again").talk()
    stage.verify(SONG, one, "worked")

    stage.verify(HE, one, "not_yet")

    assert outcome(stage, one) == "not_yet"


def test_the_last_word_of_a_round_holds() -> None:
    """Who looks twice is heard once, as they said last."""
    stage, point = in_second_round()

    stage.verify(MA, point, "not_yet")
    stage.verify(MA, point, "worked")

    assert [v.outcome for v in stage.now.points[point].voices] == ["worked"]


def test_a_voice_goes_with_the_filing_that_gave_it() -> None:
    """Blank is no voice: a new version without it takes it back; so does a return."""
    stage, point = in_second_round()
    stage.say(MA, "别的", seen={point: "worked"})
    said = outcome(stage, point)
    stage.say(MA, "别的")
    taken_back = outcome(stage, point)
    stage.say(MA, "别的", seen={point: "worked"})

    stage.go(SONG, "back", "设备坏了")

    assert (said, taken_back, outcome(stage, point)) == ("worked", None, None)


def test_where_no_guard_asks_those_who_file_such_points_may_look_for_them() -> None:
    """In any later round; not the one whose point it is, nor anybody else."""
    start, end = "\n      - verified:", "        waivable_by: school.deputy\n"
    asked = REMARKS[REMARKS.index(start) : REMARKS.rindex(end) + len(end)]
    stage = Remarks((f"    guards:{asked}", "")).revise()
    own, other = stage.points()
    for point in (own, other):
        stage.answer(point)
    same_round = Verify(point=own, outcome="worked")
    assert stage.refuse(InvalidInputError, MA, same_round).faults[0].code == "not_to_verify"

    stage.go(SONG, "desk")

    assert stage.verify(HE, own).heard[-1].outcome == "worked"
    assert stage.verify(SONG, other, "not_yet").heard[-1].person == SONG
    assert stage.refuse(NotAllowedError, DEPUTY, same_round).data == {"who": [MA, HE, SONG]}
    typed = Verify(point=own, outcome="worked", for_=HE)
    assert stage.refuse(NotAllowedError, MA, typed).data == {"who": [MA, HE, SONG]}


def test_verification_says_worked_or_not_yet_and_nothing_else() -> None:
    """Whatever else is sent is refused with the two words."""
    stage, point = in_second_round()

    fault = stage.refuse(InvalidInputError, MA, Verify(point=point, outcome="maybe")).faults[0]

    assert fault.data["known"] == ["worked", "not_yet"]


ITEMS = """
records:
  issues:
    title: 问题清单
    by: chair
    about: author
    one_per: []
    form:
      list:
        type: items
        title: 问题
        item:
          form:
            issue: {type: text, required: true, title: 问题}
            who: {type: person, title: 责任人}
        owner: who
        answer: {by: [item.owner, school.deputy], with: [adopted, deferred]}
states: {work: 检查, fix: 整改, done: {title: 完成, final: true}}
transitions:
  begin: {title: 开始, from: work, to: fix, by: chair, guards: [filed: {record: issues}]}
  finish: {title: 完成, from: fix, to: done, by: chair, guards: [answered: {points: issues}]}
"""


def test_an_item_is_owned_by_whom_its_column_names() -> None:
    """Each item asks its own person, and who else the field lets answer."""
    stage = Stage(small(ITEMS)).open()
    listed = [{"issue": "教案没写", "who": MA}, {"issue": "作业没批", "who": HE}]
    stage.file(SONG, "issues", list=listed)
    stage.go(SONG, "begin")

    asked = {r.who: r.items for r in stage.verdict("answered").remedies}

    one, two = stage.points()
    assert asked == {(MA, DEPUTY): (one,), (HE, DEPUTY): (two,)}
    stage.answer(one, by=MA)
    stage.answer(two, "deferred", by=DEPUTY)
    assert stage.verdict("answered").met


def test_whoever_takes_a_part_over_takes_over_its_items_and_no_others() -> None:
    """What Ma had to put right is Bai's now; what He has to stays with He."""
    stage = Stage(small(ITEMS)).open()
    listed = [{"issue": "教案没写", "who": MA}, {"issue": "作业没批", "who": HE}]
    stage.file(SONG, "issues", list=listed)
    stage.go(SONG, "begin")

    stage.reassign("member", MA, BAI)

    assert [p.owner for p in stage.now.points.values()] == [BAI, HE]


def test_an_item_of_a_role_is_given_to_somebody_who_is_there() -> None:
    """Of several who could own it, the first one on duty; whom it is about, if it may be them."""
    text = ITEMS.replace("owner: who", "owner: OWNER")
    of_members = Stage(small(text.replace("OWNER", "member"))).open().excuse(MA)
    of_all = Stage(small(text.replace("OWNER", "[member, author]"))).open()

    for stage in (of_members, of_all):
        stage.file(SONG, "issues", list=[{"issue": "教案没写"}])

    assert [p.owner for p in of_members.now.points.values()] == [HE]
    assert [p.owner for p in of_all.now.points.values()] == [LIU]


def test_an_item_without_its_owner_is_refused() -> None:
    """Where a column says whose it is, it is filled with somebody on duty."""
    stage = Stage(small(ITEMS)).open()

    command = File(record="issues", fields={"list": [{"issue": "教案没写"}]})
    fault = stage.refuse(InvalidInputError, SONG, command).faults[0]

    assert (fault.field, fault.code) == ("fields.list", "owner_needed")
    assert fault.data == {"column": "who"}


def test_the_words_of_an_answer_are_those_of_the_field() -> None:
    """`with` leaves out what may not be said."""
    stage = Stage(small(ITEMS)).open()
    stage.file(SONG, "issues", list=[{"issue": "教案没写", "who": MA}])
    stage.go(SONG, "begin")

    command = Answer(point=stage.points()[0], disposition="declined", reason="不必")
    fault = stage.refuse(InvalidInputError, MA, command).faults[0]

    assert fault.data["known"] == ["adopted", "deferred"]
