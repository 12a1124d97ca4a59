"""Each thing that can be wrong in a workflow is told with its code, place, path and way out."""

from typing import NamedTuple

import pytest

from cycles.errors import FileFault, WorkflowFileError
from cycles.workflow.loading import load
from tests.unit.workflow.reading_circle import SOUND

#: Stands before the character at which a fault must be told.
HERE = "▸"


class Case(NamedTuple):
    """One edit of a sound file: `old` becomes `new`, and one fault of `code` is told.

    `HERE` in `new`, or else in `at` (a text of the edited file), marks its place. `more` are the
    codes of faults that follow from the same slip.
    """

    name: str
    old: str
    new: str
    code: str
    path: str
    way_out: str
    at: str = ""
    more: frozenset[str] = frozenset()


def spoiled(case: Case) -> tuple[str, tuple[int, int]]:
    """The edited file, and line and column of the mark."""
    first, second = FIRST.get(case.name, ("", ""))
    assert not first or SOUND.count(first) == 1, first
    text = SOUND.replace(first, second) if first else SOUND
    assert text.count(case.old) == 1, case.old
    text = text.replace(case.old, case.new).replace(
        "\nsee:\n", BESIDES.get(case.name, "") + "\nsee:\n"
    )
    if case.at:
        assert text.count(case.at.replace(HERE, "")) == 1, case.at
        text = text.replace(case.at.replace(HERE, ""), case.at)
    before, mark, after = text.partition(HERE)
    assert mark
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))


def faults(text: str | bytes) -> tuple[FileFault, ...]:
    """All faults of a text that has some."""
    with pytest.raises(WorkflowFileError) as told:
        load(text, "circle.yaml")
    return told.value.faults


def names(*cases: Case) -> pytest.MarkDecorator:
    """The cases as parameters of a test, by their names."""
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


UNKNOWN_NAMES = (
    Case("start", "start: propose", "▸start: porpose", "unknown-state", "start", "`propose`"),
    Case(
        "from", "from: shelf", "▸from: shelv", "unknown-state",
        "transitions.unshelve.from", "`shelf`", more=frozenset({"dead-end"}),
    ),
    Case(
        "to", "to: talk\n", "▸to: tlak\n", "unknown-state", "transitions.begin.to", "`talk`",
        more=frozenset({"unreachable", "no-way-to-end"}),
    ),
    Case(
        "file-in", "file_in: [read, talk]", "file_in: [read, ▸tlak]", "unknown-state",
        "records.sheet.file_in.1", "`talk`",
    ),
    Case(
        "reveal-from", "by: chair, from: revise}", "by: chair, ▸from: revize}", "unknown-state",
        "records.note.reveal.from", "`revise`",
    ),
    Case(
        "read-from", "{who: speaker, from: talk}", "{who: speaker, ▸from: tlak}", "unknown-state",
        "records.note.read.1.from", "`talk`",
    ),
    Case(
        "see-from", "{who: school.staff, from: done}", "{who: school.staff, ▸from: doen}",
        "unknown-state", "see.1.from", "`done`",
    ),
    Case(
        "seen-in", "seen_in: talk", "▸seen_in: tlak", "unknown-state",
        "transitions.finish.guards.1.verified.seen_in", "`talk`",
    ),
    Case(
        "role-of-open", "open: {by: [group.head, group.members]}",
        "open: {by: [group.head, ▸group.member]}", "unknown-role", "open.by.1", "`group.members`",
    ),
    Case(
        "role-of-record", "    by: speaker\n    one_per: []\n    form:\n      book",
        "    ▸by: speeker\n    one_per: []\n    form:\n      book",
        "unknown-role", "records.proposal.by", "`speaker`",
    ),
    Case(
        "role-of-way", "by: school.head\n", "▸by: school.haed\n", "unknown-role",
        "transitions.publish.by", "`school.head`",
    ),
    Case(
        "role-of-guard", "{record: advice, by: [member, chair], q",
        "{record: advice, by: [▸membre, chair], q", "unknown-role",
        "transitions.close.guards.0.filed.by.0", "`member`",
    ),
    Case(
        "role-of-attendance", "of: [member, chair, guest]", "of: [member, chair, ▸gust]",
        "unknown-role", "records.sheet.form.people.of.2", "`guest`",
    ),
    Case(
        "role-of-items", "        owner: speaker", "        ▸owner: speeker", "unknown-role",
        "records.advice.form.points.owner", "`speaker`",
    ),
    Case(
        "role-of-subject", "by: [chair, subject.mentor]", "by: [chair, ▸subject.mentr]",
        "unknown-role", "transitions.finish.by.1", "`subject.mentor`",
    ),
    Case(
        "role-of-no-person", "by: [chair, subject.mentor]", "by: [chair, ▸subject.kind]",
        "unknown-role", "transitions.finish.by.1", "known:",
    ),
    Case(
        "python", "suspend: chair", "▸suspend: os.system", "unknown-role", "lifecycle.suspend",
        "known:",
    ),
    Case(
        "files-for", "files_for: [speaker, member]", "files_for: [▸speeker, member]",
        "unknown-role", "roles.chair.files_for.0", "`speaker`",
    ),
    Case(
        "not-role", "not: [member]", "not: [▸membre]", "unknown-role", "roles.guest.not.0",
        "`member`",
    ),
    Case(
        "about", "about: speaker", "▸about: speeker", "unknown-role", "records.advice.about",
        "`speaker`",
    ),
    Case(
        "separate", "separate: {role: speaker}", "separate: {▸role: speeker}", "unknown-role",
        "transitions.approve.guards.1.separate.role", "`speaker`",
    ),
    Case(
        "filed", "filed: {record: proposal}", "filed: {▸record: porposal}", "unknown-record",
        "transitions.approve.guards.0.filed.record", "`proposal`",
        more=frozenset({"record-nowhere"}),
    ),
    Case(
        "voids", "voids: [meeting, sheet]", "voids: [meeting, ▸shete]", "unknown-record",
        "transitions.postpone.voids.1", "`sheet`",
    ),
    Case(
        "changed", "changed: {record: summary}", "changed: {▸record: sumary}", "unknown-record",
        "transitions.again.guards.1.changed.record", "`summary`",
    ),
    Case(
        "consent", "consent: {by: chair, to: summary}", "consent: {by: chair, ▸to: sumary}",
        "unknown-record", "transitions.finish.guards.2.consent.to", "`summary`",
    ),
    Case(
        "field-path", "not_before: {field: meeting.date}", "not_before: {▸field: meeting.day}",
        "unknown-field", "transitions.begin.guards.1.not_before.field", "`meeting.date`",
    ),
    Case(
        "derived-from", "from: sheet.people", "▸from: sheet.poeple", "unknown-field",
        "roles.present.from", "`sheet.people`",
    ),
    Case(
        "needs-any", "needs_any: [text, photo]", "needs_any: [text, ▸foto]", "unknown-field",
        "records.note.needs_any.1", "`photo`",
    ),
    Case(
        "due-anchor", "days: 3, after: sheet}", "days: 3, ▸after: shete}",
        "unknown-anchor", "transitions.close.guards.0.filed.due.after", "`sheet`",
    ),
    Case(
        "due-fact", "after: meeting.date}", "▸after: meeting.dat}", "unknown-field",
        "transitions.close.due.after", "`meeting.date`",
    ),
    Case(
        "link", "link: plan,", "▸link: plna,", "unknown-link",
        "transitions.finish.guards.3.linked.link", "`plan`",
    ),
    Case(
        "guard-after", "after: met\n", "▸after: mett\n", "unknown-guard",
        "transitions.begin.guards.1.after", "`met`",
    ),
    Case(
        "option", "kind, is: inner", "kind, is: iner", "unknown-option",
        "transitions.finish.guards.5.field", "known: open, inner",
        at="▸field: {field: subject.kind, is: iner}", more=frozenset({"never-left"}),
    ),
    Case(
        "key", "    late: refuse", "    ▸lat: refuse", "unknown-key", "records.meeting.lat",
        "did you mean `late`",
    ),
    Case(
        "key-of-guard", "separate: {role: speaker}", "▸seperate: {role: speaker}", "unknown-key",
        "transitions.approve.guards.1.seperate", "did you mean `separate`",
        more=frozenset({"value"}),
    ),
    Case(
        "verb", "suspend: chair", "▸suspned: chair", "value", "lifecycle.suspned", "'suspend'",
    ),
    Case(
        "type", "photo: {type: file, title: 照片}", "photo: {▸type: image, title: 照片}", "value",
        "records.note.form.photo.type", "'file'",
    ),
)  # fmt: skip

UNUSED_OR_TAKEN = (
    Case(
        "role", "  present: {", "  ▸helper: {title: 帮手, count: 0..}\n  present: {",
        "unused-role", "roles.helper", "use it or delete it",
    ),
    Case(
        "record", "    file_in: [revise]\n", "", "record-nowhere", "records.album",
        "say `file_in", at="  ▸album:",
    ),
    Case(
        "rounds", "    round: next\n", "    reason: true\n", "rounds-unused", "rounds",
        "`round: next`", at="▸rounds: {min: 2, max: 3}", more=frozenset({"verified-never"}),
    ),
    Case(
        "least", "      - rounds: {at_least: min}\n", "", "min-unasked", "rounds.min",
        "add `rounds: {at_least: min}`", at="rounds: {▸min: 2, max: 3}",
    ),
    Case(
        "transition", "  publish:", "  ▸waive:", "reserved-name", "transitions.waive",
        "choose another name",
    ),
    Case(
        "state", "  shelf: {title", "  ▸suspended: {title: 停, rests: true}\n  shelf: {title",
        "reserved-name", "states.suspended", "choose another name",
        more=frozenset({"unreachable"}),
    ),
    Case(
        "role-name", "  present: {", "  ▸opener: {title: 人, count: 1}\n  present: {",
        "reserved-name", "roles.opener", "choose another name", more=frozenset({"unused-role"}),
    ),
    Case(
        "record-name", "  album:", "  ▸subject:", "reserved-name", "records.subject",
        "choose another name",
    ),
    Case(
        "guard-id", "id: early", "▸id: max_rounds", "reserved-name",
        "transitions.publish.guards.1.id", "choose another id",
    ),
    Case(
        "same-guard", "      - rounds: {at_least: min}\n",
        "      - rounds: {at_least: min}\n      - ▸rounds: {at_least: 2}\n", "guard-id",
        "transitions.finish.guards.5", "an `id` of its own",
    ),
)  # fmt: skip

SHAPE_OF_THE_WAY = (
    Case(
        "unreachable", "  shelf: {title: 暂放", "  ▸attic: {title: 阁楼, rests: true}\n"
        "  shelf: {title: 暂放", "unreachable", "states.attic", "add one or delete the state",
    ),
    Case(
        "dead-end", "    from: talk\n    to: revise\n",
        "    from: talk\n    to: revise\n    side: true\n", "dead-end", "states.talk",
        "`final: true`", at="  ▸talk: 讨论", more=frozenset({"no-way-to-end"}),
    ),
    Case(
        "final-left", "    from: shelf\n", "    from: [shelf, done]\n", "final-left",
        "states.done", "delete `final`", at="  ▸done: {title",
    ),
    Case(
        "final-start", "  propose: 选书", "  propose: {title: 选书, final: true}", "final-start",
        "start", "start elsewhere", at="▸start: propose",
        more=frozenset({"final-left"}),
    ),
    Case(
        "no-way-to-end", "  done: {title: 已结束, final: true}",
        "  ▸pit: 坑\n  done: {title: 已结束, final: true}", "no-way-to-end", "states.pit",
        "add one",
    ),
    Case(
        "last-round", "  done: {title: 已结束, final: true}",
        "  ▸turn: 换轮\n  done: {title: 已结束, final: true}", "no-way-to-end", "states.turn",
        "in the last round",
    ),
    Case(
        "from-twice", "    from: talk\n", "    from: [talk, ▸talk]\n", "from-twice",
        "transitions.close.from.1", "delete one",
    ),
    Case(
        "name-twice", "  shelve:\n", "  ▸finish:\n", "duplicate-key", "transitions.finish",
        "rename or join", more=frozenset({"unreachable"}),
    ),
    Case(
        "unbounded-loop", "    from: shelf\n    to: revise\n    by: chair\n    reason: true\n",
        "    from: [shelf, revise]\n    to: revise\n    by: chair\n", "unbounded-loop",
        "transitions.unshelve", "`round: next` or `reason: true`", at="  ▸unshelve:",
    ),
    Case(
        "no-rounds", "rounds: {min: 2, max: 3}", "rounds: {min: 1, max: 1}", "no-rounds",
        "transitions.again.round", "max: 2", at="    ▸round: next",
        more=frozenset({"rounds-beyond"}),
    ),
    Case(
        "auto-over-decision", "    by: school.head\n", "    by: school.head\n    ▸auto: true\n",
        "auto-over-decision", "transitions.publish.auto", "delete `auto`",
    ),
    Case(
        "auto-side", "    side: true\n    reason: true\n    voids",
        "    side: true\n    ▸auto: true\n    reason: true\n    voids", "auto",
        "transitions.postpone.auto", "neither `side` nor",
    ),
    Case(
        "auto-unguarded", "    by: chair\n    reason: true\n\n",
        "    by: chair\n    ▸auto: true\n\n", "auto", "transitions.unshelve.auto",
        "needs a guard",
    ),
)  # fmt: skip

#: Texts that a case of `SHAPE_OF_THE_WAY` adds besides, so that only one thing is wrong.
BESIDES = {
    "no-way-to-end": "  fall:\n    title: 掉下\n    from: revise\n    to: pit\n    by: chair\n"
    "    side: true\n  dig:\n    title: 挖\n    from: pit\n    to: pit\n    by: chair\n"
    "    reason: true\n",
    "last-round": "  turn_over:\n    title: 换\n    from: revise\n    to: turn\n    by: chair\n"
    "    side: true\n  turn_on:\n    title: 转\n    from: turn\n    to: read\n    by: chair\n"
    "    round: next\n",
}

NOBODY_CAN = (
    Case(
        "clear-separate", "by: [chair, school.deputy]", "by: speaker", "separate-nobody",
        "transitions.approve.guards.1", "add others", at="      - ▸separate: {role: speaker}",
    ),
    Case(
        "clear-two-separates", "      - separate: {role: speaker}\n",
        "      - ▸separate: {role: chair}\n        id: a\n      - separate: {role: speaker}\n",
        "separate-nobody", "transitions.approve.guards.1", "add others",
    ),
    Case(
        "clear-changed", "file_in: [talk, revise]", "file_in: [talk]", "changed-never",
        "transitions.again.guards.1", "add that to its `file_in`",
        at="      - ▸changed: {record: summary}",
    ),
    Case(
        "clear-rounds", "rounds: {at_least: 2}", "▸rounds: {at_least: 4}", "rounds-beyond",
        "transitions.close.guards.1.any.1.rounds", "ask for fewer",
    ),
    Case(
        "clear-the-last-round", "      - changed: {record: summary}\n",
        "      - ▸rounds: {at_least: 3}\n      - changed: {record: summary}\n", "rounds-beyond",
        "transitions.again.guards.1.rounds", "ask for fewer", more=frozenset({"never-left"}),
    ),
    Case(
        "clear-distinct", "    by: [chair, speaker]\n    one_per: [round]\n",
        "    by: [chair, speaker]\n    one_per: []\n", "distinct-never",
        "transitions.begin.guards.2.distinct.field", "say `one_per: [round]`",
        at="distinct: {▸field: meeting.room}",
    ),
    Case(
        "clear-distinct-subject", "distinct: {field: meeting.room}",
        "distinct: {▸field: subject.kind}", "distinct-never",
        "transitions.begin.guards.2.distinct.field", "name a record's field",
    ),
    Case(
        "clear-each-of-one", "    by: [member, chair]\n    about: speaker\n",
        "    by: [member, chair]\n    one_per: [round]\n    about: speaker\n", "filed-once",
        "transitions.close.guards.0.filed.by", "say `one_per: [person, round]`",
        at="filed: {record: advice, ▸by: [member, chair], quorum",
    ),
    Case(
        "file-so-many", "{record: proposal}", "{record: proposal, ▸at_least: 2}", "at-least",
        "transitions.approve.guards.0.filed.at_least", "ask for fewer",
    ),
    Case(
        "be-so-many", "by: present, quorum: 2/3", "by: chair, ▸at_least: 2", "at-least",
        "transitions.begin.guards.4.filed.at_least", "at most 1",
        more=frozenset({"unused-role"}),
    ),
    Case(
        "file-what-is-asked", "{record: proposal}", "{record: proposal, ▸by: chair}", "filed-by",
        "transitions.approve.guards.0.filed.by", "its `by` is speaker",
    ),
    Case(
        "file-in-time", "    file_in: [revise]\n", "    file_in: [revise]\n", "cannot-file",
        "transitions.close.guards.1.filed.record", "add it to the record's `file_in`",
        at="      - filed: {▸record: album}",
    ),
    Case(
        "know-who-is-present", "    file_in: [read, talk]\n    not_before: meeting.date\n",
        "    file_in: [talk]\n", "cannot-file", "transitions.begin.guards.4.filed.by",
        "file_in", at="{record: note, ▸by: present, quorum",
        more=frozenset({"cannot-file"}),
    ),
    Case(
        "sign", "file_in: [talk, revise]", "file_in: [revise]", "cannot-file",
        "transitions.close.guards.1.consent.to", "file_in",
        at="      - consent: {by: chair, ▸to: summary}\n        id: heard",
    ),
    Case(
        "file-at-the-end", "    file_in: [revise]\n", "    file_in: [revise, ▸done]\n",
        "file-in-final", "records.album.file_in.1", "delete it here",
    ),
    Case(
        "be-the-role", "count: 0..2,", "count: 2..0,", "unfillable-role", "roles.guest",
        "write 1, 0.. or 2..4", at="  ▸guest:",
    ),
    Case(
        "be-none", "count: 0..2,", "count: 0,", "unfillable-role", "roles.guest",
        "write 1", at="  ▸guest:",
    ),
    Case(
        "be-oneself-not", "not: [member]", "not: [guest]", "unfillable-role", "roles.guest",
        "take it out", at="  ▸guest:",
    ),
    Case(
        "be-chosen", "among: group.members", "among: [chair, member]", "unfillable-role",
        "roles.speaker", "widen `among`", at="  ▸speaker: {title",
    ),
    Case(
        "be-two", "default: group.head", "default: speaker", "unfillable-role", "roles.chair",
        "name others", at="  ▸chair: {title",
    ),
    Case(
        "be-derived", "of: [member, chair, guest]", "of: present", "unfillable-role",
        "roles.present", "needs a holder first", at="  ▸present: {title",
        more=frozenset({"filed-by"}),
    ),
    Case(
        "be-derived-and-chosen", "from: sheet.people}", "from: sheet.people, outside: true}",
        "unfillable-role", "roles.present", "leave default", at="  ▸present: {title",
    ),
    Case(
        "open", "open: {by: [group.head, group.members]}", "open: {▸by: chair}", "open-by",
        "open.by", "name school",
    ),
    Case(
        "be-kept-from-opening", "open: {by: [group.head, group.members]}",
        "open: {▸by: opener}", "open-by", "open.by", "anybody could",
    ),
    Case(
        "see-it-at-last", "quorum: 2/3}\n        id: notes", "quorum: 2/3}\n        id: notes",
        "reveal-never", "records.album.reveal", "use `from`",
        at="    ▸reveal: {own: true, by: chair}\n    file_in: [revise]",
    ),
    Case(
        "answer-for-whom", "    by: [member, chair]\n    about: speaker\n", "    by: member\n",
        "points-unowned", "records.advice.form.points", "say `about: role`", at="      ▸points:",
        more=frozenset({"filed-by"}),
    ),
    Case(
        "speak-of-oneself", "    by: [member, chair]\n    about: speaker\n",
        "    by: speaker\n    ▸about: speaker\n", "about-oneself", "records.advice.about",
        "name others", more=frozenset({"filed-by"}),
    ),
    Case(
        "look-again", "    round: next\n", "    reason: true\n", "verified-never",
        "transitions.finish.guards.1", "drop the guard",
        at="      - ▸verified: {points: advice", more=frozenset({"rounds-unused"}),
    ),
)  # fmt: skip

WAITING_FOR_EVER = (
    Case(
        "for-each-other", "        after: met\n", "        after: met\n        id: come\n",
        "after-ring", "transitions.begin.guards.0.after", "delete one `after`",
        at="        ▸after: come\n",
    ),
    Case(
        "for-each-other-over-others", "        after: met\n",
        "        ▸after: notes\n        id: come\n", "after-ring",
        "transitions.begin.guards.1.after",
        "`come` after `notes`, `notes` after `signed_in`, `signed_in` after `come`",
    ),
    Case(
        "from-inside", "            id: later\n",
        "            id: later\n            ▸after: advised\n", "after-inside",
        "transitions.close.guards.1.any.1.after", "on the outer one",
    ),
    Case(
        "for-what-is-inside", "      - any:\n", "      - ▸after: later\n        any:\n",
        "unknown-guard", "transitions.close.guards.1.after", "known: advised",
    ),
    Case(
        "for-an-earlier-round", "        id: early\n        waivable_by: school.deputy\n",
        "        id: early\n", "never-left", "states.revise",
        "in round 3, with `subject.kind` open", at="  ▸revise: 修改",
    ),
    Case(
        "for-a-later-round", "    round: next\n    guards:\n",
        "    round: next\n    guards:\n      - field: {field: subject.kind, is_not: inner}\n",
        "never-left", "states.revise", "in round 1, with `subject.kind` inner",
        at="  ▸revise: 修改",
    ),
    Case(
        "for-one-of-several", "          - filed: {record: summary}\n",
        "          - field: {field: subject.kind, is: open}\n", "never-left", "states.talk",
        "in round 1, with `subject.kind` inner", at="  ▸talk: 讨论",
    ),
    Case(
        "for-what-may-be-empty", "    guards:\n      - filed: {record: advice",
        "    guards:\n      - any:\n"
        "          - {id: in, field: {field: subject.inside, is: true}}\n"
        "          - {id: out, field: {field: subject.inside, is: false}}\n"
        "        id: said\n      - filed: {record: advice", "never-left", "states.talk",
        "and `subject.inside` empty, no way", at="  ▸talk: 讨论",
    ),
    Case(
        "for-eyes-that-are-gone", "by: [member, chair]}\n        waivable_by: school.deputy\n",
        "by: [member, chair]}\n", "verified-unwaivable", "transitions.finish.guards.1",
        "say `waivable_by`", at="      - ▸verified: {points: advice",
    ),
    Case(
        "for-what-nobody-shows", "    merge: chair\n",
        "    merge: chair\n    reveal: {own: true}\n", "answered-hidden",
        "transitions.again.guards.0", "`reveal: {from: revise}`",
        at="      - ▸answered: {points: advice}\n      - changed",
    ),
    Case(
        "for-what-is-shown-later", "    merge: chair\n",
        "    merge: chair\n    reveal: {from: done}\n", "answered-hidden",
        "transitions.again.guards.0", "`reveal: {from: revise}`",
        at="      - ▸answered: {points: advice}\n      - changed",
    ),
    Case(
        "for-a-quorum-that-is-over", "    merge: chair\n",
        "    merge: chair\n    reveal: {by: chair}\n", "answered-hidden",
        "transitions.again.guards.0", "`reveal: {from: revise}`",
        at="      - ▸answered: {points: advice}\n      - changed",
    ),
)  # fmt: skip

#: More edits, made before the case's own, for the cases that need two.
FIRST = {
    "for-each-other": ("        id: met\n", "        id: met\n        after: come\n"),
    "for-each-other-over-others": (
        "        id: signed_in\n      - filed: {record: note, by: present, quorum: 2/3}\n"
        "        id: notes\n",
        "        id: signed_in\n        after: come\n"
        "      - filed: {record: note, by: present, quorum: 2/3}\n"
        "        id: notes\n        after: signed_in\n",
    ),
    "for-what-may-be-empty": (
        "  plan: {type: cycle", "  inside: {type: yes_no, title: 室内}\n  plan: {type: cycle"
    ),
    "unanswered": (
        "      - answered: {points: advice}\n      - verified", "      - verified"
    ),
    "clear-two-separates": ("by: [chair, school.deputy]", "by: [chair, speaker]"),
    "file-in-time": (
        "      - any:\n",
        "      - filed: {record: album}\n        id: pictured\n      - any:\n",
    ),
    "sign": (
        "      - any:\n",
        "      - consent: {by: chair, to: summary}\n        id: heard\n      - any:\n",
    ),
    "know-who-is-present": (
        "        id: notes\n        waivable_by: school.deputy\n", "        id: notes\n"
    ),
    "see-it-at-last": (
        "    file_in: [revise]\n", "    reveal: {own: true, by: chair}\n    file_in: [revise]\n"
    ),
    "answer-for-whom": ("        owner: speaker\n", ""),
}  # fmt: skip

POINTS_AND_FACTS = (
    Case(
        "unanswered", "      - answered: {points: advice}\n      - changed", "      - changed",
        "points-unanswered", "records.advice.form.points", "add `answered",
        at="      ▸points:",
    ),
    Case(
        "no-points", "      - answered: {points: advice}\n      - changed",
        "      - ▸answered: {points: summary}\n      - changed", "no-points",
        "transitions.again.guards.0", "add one or drop",
    ),
    Case(
        "merge", "    file_in: [revise]\n", "    ▸merge: chair\n    file_in: [revise]\n", "merge",
        "records.album.merge", "leave it out",
    ),
    Case(
        "wall-names", "    file_in: [revise]\n", "    ▸wall_names: true\n    file_in: [revise]\n",
        "wall-names", "records.album.wall_names", "delete it here",
    ),
    Case(
        "text-as-fact", "title: 书名}", "title: 书名, fact: true}", "text-as-fact",
        "records.proposal.form.book", "use choice", at="      ▸book:",
    ),
    Case(
        "file-as-fact", "photo: {type: file, required: true", "photo: {type: file, fact: true",
        "text-as-fact", "records.album.form.photo", "use choice",
        at="      ▸photo: {type: file, fact",
    ),
    Case(
        "points-as-fact", "        type: items\n", "        type: items\n        fact: true\n",
        "text-as-fact", "records.advice.form.points", "use choice", at="      ▸points:",
    ),
    Case(
        "column-as-fact", "title: 什么}", "title: 什么, fact: true}", "text-as-fact",
        "records.advice.form.points.item.form.what", "use choice", at="            ▸what:",
    ),
    Case(
        "text-compared", "distinct: {field: meeting.room}", "distinct: {▸field: proposal.book}",
        "fact-type", "transitions.begin.guards.2.distinct.field", "use one of type",
        more=frozenset({"distinct-never"}),
    ),
    Case(
        "number-as-date", "not_before: {field: meeting.date}",
        "not_before: {▸field: meeting.length}", "fact-type",
        "transitions.begin.guards.1.not_before.field", "of type date",
    ),
    Case(
        "negation", "not: {rounds: {at_least: 3}}", "▸not: {filed: {record: album}}", "not",
        "transitions.publish.guards.1.not", "the other way round",
    ),
)  # fmt: skip

TITLES = tuple(
    Case(name, old, new, "chinese-title", path, "{zh: …, en: …}")
    for name, old, new, path in (
        ("file", "title: {zh: 读书会, en: Reading circle}", "▸title: Reading circle", "title"),
        ("role", "{title: 嘉宾,", "{▸title: Guest,", "roles.guest.title"),
        ("record", "    title: 相册", "    ▸title: Album", "records.album.title"),
        ("field", "title: 时长（分钟）", "▸title: Minutes", "records.meeting.form.length.title"),
        ("subject", "title: 导师", "▸title: Mentor", "subject.mentor.title"),
        ("option", "poor: 不好", "▸poor: poor", "records.summary.form.outcome.options.poor"),
        (
            "column",
            "title: 什么",
            "▸title: What",
            "records.advice.form.points.item.form.what.title",
        ),
        ("state", "title: 暂放, rests", "▸title: Shelf, rests", "states.shelf.title"),
        ("bare-state", "  talk: 讨论", "  ▸talk: Talk", "states.talk.title"),
        ("transition", "    title: 取回", "    ▸title: Fetch", "transitions.unshelve.title"),
    )
)

NOT_THE_SHAPE = (
    Case("missing", "start: propose\n", "", "missing", "start", "required",
         at="▸workflow: reading-circle"),
    Case(
        "missing-inside", "    title: 相册\n", "", "missing", "records.album.title", "required",
        at="  ▸album:",
    ),
    Case("yes", "required: true, title: 书名", "▸required: yes, title: 书名", "value",
         "records.proposal.form.book.required", "true or false"),
    Case("float", "min: 10,", "min: ▸1.5,", "number", "records.meeting.form.length.min",
         "whole number"),
    Case("bool-as-number", "min: 10,", "▸min: true,", "value", "records.meeting.form.length.min",
         "whole number"),
    Case("min-max", "min: 10, max: 90", "min: 91, max: 90", "value",
         "records.meeting.form.length", "larger than", at="      ▸length:"),
    Case("rounds-min-max", "rounds: {min: 2, max: 3}", "▸rounds: {min: 4, max: 3}", "value",
         "rounds", "larger than"),
    Case("quorum", "quorum: 2/3", "▸quorum: 4/3", "value",
         "transitions.begin.guards.4.filed.quorum", "such as 2/3"),
    Case("all-and-quorum", "quorum: 2/3", "quorum: 2/3, all: true", "value",
         "transitions.begin.guards.4.filed", "stands alone", at="      - ▸filed: {record: note"),
    Case("quorum-of-whom", "by: present, quorum: 2/3", "quorum: 2/3", "value",
         "transitions.begin.guards.4.filed", "of whom?", at="      - ▸filed: {record: note"),
    Case("two-kinds", "      - separate: {role: speaker}",
         "      - ▸separate: {role: speaker}\n        rounds: {at_least: 2}", "value",
         "transitions.approve.guards.1", "exactly one kind"),
    Case("due-units", "due: {school_days: 2, after: meeting.date}",
         "▸due: {school_days: 2, days: 1, after: meeting.date}", "value", "transitions.close.due",
         "exactly one of"),
    Case("options-of-text", "text: {type: text, title: 笔记}",
         "▸text: {type: text, options: {a: 甲}, title: 笔记}", "value", "records.note.form.text",
         "belongs to choice"),
    Case("choice-of-nothing", "type: choice, title: 结论, options: {good: 好, poor: 不好}",
         "type: choice, title: 结论", "value", "records.summary.form.outcome",
         "needs `options`", at="      ▸outcome:"),
    Case("name", "  shelf: {title", "  ▸Shelf: {title: 架}\n  shelf: {title", "name",
         "states.Shelf", "lower-case"),
    Case("empty", "    title: 相册", "    ▸title: ''", "value", "records.album.title", "empty"),
    Case("no-value", "    title: 相册", "    title:▸", "no-value", "records.album.title",
         "give a value"),
    Case("twice", "    late: refuse", "    late: refuse\n    ▸late: accept", "duplicate-key",
         "records.meeting.late", "rename or join"),
    Case("alias", "by: school.head\n", "by: ▸&boss school.head\n", "alias", "", "write the part",
         more=frozenset({"missing", "value"})),
    Case("tag", "by: school.head\n", "by: ▸!!python/name:os.system x\n", "tag", "", "leave it out",
         more=frozenset({"missing", "value"})),
)  # fmt: skip


@names(
    *UNKNOWN_NAMES,
    *UNUSED_OR_TAKEN,
    *SHAPE_OF_THE_WAY,
    *NOBODY_CAN,
    *WAITING_FOR_EVER,
    *POINTS_AND_FACTS,
    *TITLES,
    *NOT_THE_SHAPE,
)
def test_one_slip_is_told_at_its_place_with_a_way_out(case):
    """One thing wrong in a sound file: that very fault, at line and column, with the way out."""
    text, place = spoiled(case)

    told = faults(text)

    found = [f for f in told if f.code == case.code and f.path == case.path]
    assert [(f.line, f.column) for f in found] == [place], [str(f) for f in told]
    assert case.way_out in found[0].message
    assert {f.code for f in told} - {case.code} <= case.more, [str(f) for f in told]


def test_the_sound_file_is_sound():
    """What the cases spoil has no fault before."""
    assert load(SOUND, "circle.yaml").key == "reading-circle"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    merge: chair\n", "    merge: chair\n    reveal: {own: true, from: revise}\n"),
        ("    merge: chair\n", "    merge: chair\n    reveal: {own: true, from: talk}\n"),
        ("after: met\n", "after: notes\n"),
        (
            "      - verified: {points: advice, seen_in: talk, by: [member, chair]}\n",
            "      - any:\n          - verified: {points: advice, seen_in: talk, by: chair}\n",
        ),
    ],
    ids=["shown-here", "shown-before", "a-chain-of-after", "waivable-around"],
)
def test_what_somebody_can_clear_is_no_fault(old, new):
    """Points shown in time, a chain without a ring, a waiver of the guard around: all sound."""
    assert SOUND.count(old) == 1

    assert load(SOUND.replace(old, new), "circle.yaml").key == "reading-circle"


def test_all_slips_of_a_file_are_told_at_once_in_file_order():
    """Faults of names, ways, people, points and titles come together, as lines of `file:l:c`."""
    text = SOUND
    for old, new in (
        ("start: propose", "start: porpose"),
        ("title: 嘉宾", "title: Guest"),
        ("    title: 时间地点", "    titel: 时间地点\n    title: 时间地点"),
        ("file_in: [read, talk]", "file_in: [read, tlak]"),
        ("by: [chair, subject.mentor]", "by: [chair, subject.mentr]"),
    ):
        text = text.replace(old, new)

    told = faults(text)

    assert [f.code for f in told] == [
        "unknown-state",
        "chinese-title",
        "unknown-key",
        "unknown-state",
        "unknown-role",
    ]
    assert list(told) == sorted(told)


def test_a_fault_reads_as_file_line_column_path_and_message():
    """What `cycles check` prints can be clicked in an editor."""
    with pytest.raises(WorkflowFileError) as told:
        load(SOUND.replace("start: propose", "start: porpose"), "circle.yaml")

    assert (
        str(told.value)
        .splitlines()[0]
        .startswith("circle.yaml:3:1: start: no state `porpose`; did you mean `propose`?")
    )


def test_a_file_that_is_spoiled_throughout_ends_its_list_of_faults():
    """Thousands of faults are cut off, and it is said that there are more."""
    wrong = ", ".join(f"nobody_{n}" for n in range(5000))

    told = faults(
        SOUND.replace("open: {by: [group.head, group.members]}", f"open: {{by: [{wrong}]}}")
    )

    assert len(told) == 301
    assert "and-more" in {f.code for f in told}
