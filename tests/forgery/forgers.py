"""Forgers: each alters a true export in one way, at random, as cleverly as its kind can.

Those of `FOUND` are found in the export alone. Those of `REWRITTEN` compute everything anew that
a log without signatures can be computed from, the manifest included: what they hand over is a log
that might have been, and only what somebody noted elsewhere tells that it was not this one.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from cycles.canonical import canonical_bytes, parse_canonical, sha256_b64, sha256_hex
from cycles.engine.evolve import guard_names
from cycles.ledger import DEFINE, LOOK, Head, PayloadRow, commitment, payload_line, pseudonym
from cycles.ledger.export_format import ENTRIES, PAYLOADS
from cycles.workflow.version import Version
from tests.forgery.evidence import Evidence
from tests.forgery.export import Export, Line, b64

__all__ = ["FOUND", "REWRITTEN", "Forger", "Members"]

Members = Mapping[str, bytes]
#: Given what is true and some chance: a forged export, its members, or `None` to be asked again.
Forger = Callable[[Evidence, random.Random], "Export | Members | None"]

FOUND: dict[str, Forger] = {}
REWRITTEN: dict[str, Forger] = {}


def found(forger: Forger) -> Forger:
    """A forger whose work is found in the export alone."""
    FOUND[forger.__name__] = forger
    return forger


def rewritten(forger: Forger) -> Forger:
    """A forger whose work is surely found only against a head that was noted elsewhere."""
    REWRITTEN[forger.__name__] = forger
    return forger


# --- chance ------------------------------------------------------------------------------------


def _somewhere(export: Export, chance: random.Random) -> int:
    return chance.randrange(len(export.lines))


def _in_a_chain(export: Export, chance: random.Random, *, least: int) -> list[int] | None:
    """Where the lines of a subject stand that has so many at least."""
    chains = [places for places in export.subjects().values() if len(places) >= least]
    return chance.choice(chains) if chains else None


def _a_person(export: Export, chance: random.Random) -> str:
    known = {str(x.plain["actor"]) for x in export.lines} - {"-"}
    return chance.choice([*sorted(known), pseudonym(chance.randbytes(16))])


def _with_content(export: Export, chance: random.Random) -> int:
    """Where a line stands whose payload is there."""
    there = [i for i, x in enumerate(export.lines) if x.row is not None and x.row.payload]
    return chance.choice(there)


def _flipped(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]


def _edited(line: Line, export: Export, chance: random.Random) -> Line:
    """The line with something else in one of its keys: well formed, and often plausible."""
    plain = line.plain
    others = [x.plain for x in export.lines if x.of_cycle == line.of_cycle]
    key = chance.choice([k for k in plain if k not in ("v", "log", "subj", "seq", "prev")])
    if key == "at":
        changed: Any = f"{plain['at'][:20]}{chance.randrange(10**6):06}Z"
    elif key in ("actor", "for"):
        changed = _a_person(export, chance)
    elif key in ("pay", "idem"):
        changed = sha256_b64(chance.randbytes(8))
    elif key == "via":
        changed = chance.choice(["web", "api", "cli", "job", "import"])
    elif key == "round":
        changed = plain["round"] + chance.choice([1, 2]) if line.of_cycle else 1
    elif key == "from" and plain["from"] is None:
        return line
    else:
        changed = chance.choice(others)[key]
    return line.with_(**{key: changed})


# --- bytes -------------------------------------------------------------------------------------


@found
def flips_a_bit_of_a_member(true: Evidence, chance: random.Random) -> Members:
    """Any bit of any file of the export."""
    held = true.export.members()
    name = chance.choice(sorted(held))
    return {**held, name: _flipped(held[name], chance)}


@found
def flips_a_bit_of_an_entry(true: Evidence, chance: random.Random) -> Members:
    """Any bit of the file that holds the log."""
    held = true.export.members()
    return {**held, ENTRIES: _flipped(held[ENTRIES], chance)}


@found
def cuts_a_member_short(true: Evidence, chance: random.Random) -> Members:
    """A file of the export, from anywhere on."""
    held = true.export.members()
    name = chance.choice(sorted(held))
    return {**held, name: held[name][: chance.randrange(len(held[name]))]}


@found
def leaves_a_member_out(true: Evidence, chance: random.Random) -> Members:
    """A whole file of the export."""
    held = true.export.members()
    gone = chance.choice(sorted(held))
    return {name: content for name, content in held.items() if name != gone}


# --- lines -------------------------------------------------------------------------------------


@found
def edits_an_entry(true: Evidence, chance: random.Random) -> Export:
    """One key of one entry, and nothing made to fit."""
    export = true.export
    place = _somewhere(export, chance)
    return export.at(place, _edited(export.lines[place], export, chance))


@found
def edits_an_entry_with_later_hashes_remade(true: Evidence, chance: random.Random) -> Export:
    """One key of one entry, its chain made to fit up to the end; the manifest is as it was."""
    edited = edits_an_entry(true, chance)
    assert isinstance(edited, Export)
    return edited.relinked()


@found
def edits_an_entry_with_the_manifest_remade(true: Evidence, chance: random.Random) -> Export | None:
    """One key of one entry that has a successor; counts and heads are made to fit."""
    export = true.export
    places = _in_a_chain(export, chance, least=2)
    if places is None:
        return None
    place = chance.choice(places[:-1])
    line = export.lines[place]
    edited = _edited(line, export, chance)
    row = None if edited.row is None else replace(edited.row, leaf=edited.leaf)
    return export.at(place, replace(edited, row=row)).announced()


@found
def deletes_an_entry(true: Evidence, chance: random.Random) -> Export | None:
    """One that has a successor, its payload with it; the manifest is made to fit."""
    places = _in_a_chain(true.export, chance, least=2)
    return None if places is None else true.export.without(chance.choice(places[:-1])).announced()


@found
def cuts_out_the_middle(true: Evidence, chance: random.Random) -> Export | None:
    """Several entries of a chain, but not its end; the manifest is made to fit."""
    places = _in_a_chain(true.export, chance, least=3)
    if places is None:
        return None
    start = chance.randrange(len(places) - 2)
    end = chance.randrange(start + 2, len(places))
    return true.export.without(*places[start:end]).announced()


@found
def doubles_an_entry(true: Evidence, chance: random.Random) -> Export:
    """The same entry a second time, anywhere; the manifest is made to fit."""
    export = true.export
    line = replace(export.lines[_somewhere(export, chance)], row=None)
    return export.inserted(chance.randrange(len(export.lines) + 1), line).announced()


@found
def inserts_an_entry(true: Evidence, chance: random.Random) -> Export | None:
    """An invented one in the middle of a chain, fitting the one before it."""
    export = true.export
    places = _in_a_chain(export, chance, least=2)
    if places is None:
        return None
    place = chance.choice(places[:-1])
    before = export.lines[place]
    like = export.lines[chance.choice(places)]
    new = replace(like, row=None, withheld=False).with_(
        seq=before.seq + 1, prev=b64(before.leaf), pay=None, **{"from": before.plain["to"]}
    )
    return export.inserted(place + 1, new).announced()


@found
def swaps_two_entries(true: Evidence, chance: random.Random) -> Export | None:
    """Two of a chain; the manifest is made to fit."""
    places = _in_a_chain(true.export, chance, least=2)
    if places is None:
        return None
    return true.export.swapped(*chance.sample(places, 2)).announced()


@found
def shuffles_a_chain(true: Evidence, chance: random.Random) -> Export | None:
    """All entries of a subject in another order; the manifest is made to fit."""
    export = true.export
    places = _in_a_chain(export, chance, least=2)
    if places is None:
        return None
    lines = list(export.lines)
    for place, other in zip(places, chance.sample(places, len(places)), strict=True):
        lines[place] = export.lines[other]
    return replace(export, lines=tuple(lines)).announced()


@found
def cuts_an_end_and_leaves_the_manifest(true: Evidence, chance: random.Random) -> Export | None:
    """The newest entries of a chain, or all of it."""
    places = _in_a_chain(true.export, chance, least=1)
    return None if places is None else true.export.without(*places[chance.randrange(len(places)) :])


# --- chains that cannot be ---------------------------------------------------------------------


@found
def points_a_cycle_at_another_chain(true: Evidence, chance: random.Random) -> Export | None:
    """An entry follows one of another cycle that stood in the same state."""
    export = true.export
    place = _somewhere(export, chance)
    line = export.lines[place]
    others = [
        x
        for x in export.lines
        if x.subj != line.subj and x.of_cycle and x.plain["to"] == line.plain["from"]
    ]
    if not others or line.seq == 1:
        return None
    return export.at(place, line.with_(prev=b64(chance.choice(others).leaf))).announced()


@found
def opens_outside_start(true: Evidence, chance: random.Random) -> Export:
    """A cycle that begins in another state, with all hashes and the manifest made to fit."""
    export = true.export
    place = export.subjects()[chance.choice(export.cycles())][0]
    line = export.lines[place]
    version = _version(export, line)
    state = chance.choice([s for s in version.workflow.states if s != version.workflow.start])
    return export.at(place, line.with_(to=state)).remade()


@found
def opens_a_cycle_without_an_opening(true: Evidence, chance: random.Random) -> Export:
    """An entry of a cycle of which nothing else is there, all the rest made to fit."""
    export = true.export
    like = chance.choice([x for x in export.lines if x.of_cycle])
    subj = f"cycle:{chance.randbytes(16).hex()}"
    new = replace(like, row=None, withheld=False).with_(subj=subj, pay=None)
    if new.seq == 1:
        new = new.with_(act="file")
    return export.inserted(len(export.lines), new).announced()


@found
def moves_an_entry_into_another_log(true: Evidence, chance: random.Random) -> Export:
    """Some entry belongs to another school, with all hashes and the manifest made to fit."""
    export = true.export
    place = _somewhere(export, chance)
    return export.at(place, export.lines[place].with_(log="cycles.example/second")).remade()


@found
def sets_the_clock_back(true: Evidence, chance: random.Random) -> Export | None:
    """An entry claims to be older than its predecessor, with all hashes made to fit."""
    places = _in_a_chain(true.export, chance, least=2)
    if places is None:
        return None
    place = chance.choice(places[1:])
    line = true.export.lines[place]
    before = f"{chance.randrange(2000, 2026)}{line.plain['at'][4:]}"
    return true.export.at(place, line.with_(at=before)).remade()


# --- steps that the workflow does not allow, properly chained ----------------------------------


def _version(export: Export, line: Line) -> Version:
    return _read(export.definitions[base64.b64decode(line.plain["def"]).hex()])


@lru_cache(maxsize=8)
def _read(canonical: bytes) -> Version:
    return Version.from_canonical(canonical)


def _cut_after(export: Export, place: int) -> Export:
    """Without the lines of this line's subject that come after it."""
    subj = export.lines[place].subj
    return export.without(*(i for i in export.subjects()[subj] if i > place))


def _step(line: Line, version: Version, name: str, **said: Any) -> Line:
    """An entry after `line` that fires a transition and claims that its guards were met."""
    way = version.workflow.transitions[name]
    return Line(
        {
            **line.plain,
            "act": name,
            "to": way.to,
            "fired": None,
            "round": line.plain["round"] + (way.round == "next"),
            "for": None,
            "guards": {f"{name}.{guard}": "met" for guard in guard_names(way)},
            "data": {},
            "pay": None,
            "idem": None,
            **said,
        }
    )


@found
def fires_from_the_wrong_state(true: Evidence, chance: random.Random) -> Export | None:
    """A transition that does not start from where the cycle stood, all hashes made to fit."""
    export = true.export
    places = export.subjects()[chance.choice(export.cycles())]
    place = chance.choice(places)
    line = export.lines[place]
    version = _version(export, line)
    ways = version.workflow.transitions.items()
    wrong = [name for name, way in ways if line.plain["to"] not in way.from_]
    cut = _cut_after(export, place)
    return cut.inserted(place + 1, _step(line, version, chance.choice(wrong))).remade()


@found
def fires_before_its_guards_are_met(true: Evidence, chance: random.Random) -> Export | None:
    """A step at once upon entering a state, before anything was filed, all hashes made to fit."""
    export = true.export
    real = [
        (i, x)
        for i, x in enumerate(export.lines)
        if x.of_cycle and x.plain["act"] in _version(export, x).workflow.transitions
    ]
    place, step = chance.choice(real)
    chain = [i for i in export.subjects()[step.subj] if i < place]
    entered = max(
        i for i in chain if i == chain[0] or export.lines[i].plain["from"] != step.plain["from"]
    )
    if entered == chain[-1]:
        return None
    cut = _cut_after(export, entered)
    return cut.inserted(entered + 1, step).remade()


@found
def says_a_guard_was_waived(true: Evidence, chance: random.Random) -> Export | None:
    """A guard that was met or waived is said to be the other, all hashes made to fit."""
    export = true.export
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["guards"]])
    line = export.lines[place]
    guard = chance.choice(sorted(line.plain["guards"]))
    other = {"met": "waived", "waived": "met"}[line.plain["guards"][guard]]
    return export.at(place, line.with_(guards={**line.plain["guards"], guard: other})).remade()


@found
def forgets_a_guard(true: Evidence, chance: random.Random) -> Export:
    """A step says nothing of one of its guards, or of one that it has not."""
    export = true.export
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["guards"]])
    guards = dict(export.lines[place].plain["guards"])
    guards.pop(chance.choice(sorted(guards)))
    if chance.random() < 0.5:
        guards["approve.nothing"] = "met"
    return export.at(place, export.lines[place].with_(guards=guards)).remade()


@found
def acts_in_a_role_not_held(true: Evidence, chance: random.Random) -> Export | None:
    """Somebody else acts in a role of the cycle, all hashes made to fit."""
    export = true.export
    held = ("teacher", "chair", "member")
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["role"] in held])
    line = export.lines[place]
    opening = export.lines[export.subjects()[line.subj][0]]
    holders = opening.plain["data"]["roles"][line.plain["role"]]
    whom = _a_person(export, chance)
    if whom in holders:
        return None
    return export.at(place, line.with_(actor=whom)).remade()


@found
def fires_in_a_role_that_may_not(true: Evidence, chance: random.Random) -> Export | None:
    """The teacher approves, or a member ends a phase, in a role that they do hold."""
    export = true.export
    place = chance.choice(
        [
            i
            for i, x in enumerate(export.lines)
            if x.of_cycle and x.plain["act"] in _version(export, x).workflow.transitions
        ]
    )
    line = export.lines[place]
    roles = export.lines[export.subjects()[line.subj][0]].plain["data"]["roles"]
    role = chance.choice(sorted(roles))
    if role in _version(export, line).workflow.transitions[line.plain["act"]].by or not roles[role]:
        return None
    return export.at(place, line.with_(role=role, actor=chance.choice(roles[role]))).remade()


@found
def files_in_a_role_that_may_not(true: Evidence, chance: random.Random) -> Export | None:
    """A record that is another's to file, in a role that they do hold."""
    export = true.export
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["act"] == "file"])
    line = export.lines[place]
    roles = export.lines[export.subjects()[line.subj][0]].plain["data"]["roles"]
    role = chance.choice(sorted(roles))
    record = _version(export, line).workflow.records[line.plain["data"]["record"]]
    if role in record.by or not roles[role]:
        return None
    return export.at(place, line.with_(role=role, actor=chance.choice(roles[role]))).remade()


@found
def acts_after_the_end(true: Evidence, chance: random.Random) -> Export:
    """Somebody goes on in a cycle that was archived or cancelled, all hashes made to fit."""
    export = true.export
    ends = {subj: export.lines[places[-1]] for subj, places in export.subjects().items()}
    over = [x for x in ends.values() if x.plain["to"] in ("archived", "cancelled")]
    end = chance.choice(over)
    step = chance.choice([x for x in export.lines if x.of_cycle and x.seq > 1])
    place = export.subjects()[end.subj][-1]
    new = replace(step, row=None, withheld=False).with_(
        subj=end.subj, pay=None, to=end.plain["to"], fired=None, round=end.plain["round"], guards={}
    )
    return export.inserted(place + 1, new).remade()


@found
def turns_a_cycle_out_of_turn(true: Evidence, chance: random.Random) -> Export:
    """Resumed though it ran, withdrawn after the start, reopened by nobody: all made to fit."""
    export = true.export
    running = [
        i
        for i, x in enumerate(export.lines)
        if x.of_cycle and x.seq > 2 and x.plain["to"] not in ("suspended", "cancelled", "archived")
    ]
    place = chance.choice(running)
    line = export.lines[place]
    verb = chance.choice(["resume", "withdraw", "reopen", "propose_reopen"])
    to = {"withdraw": "withdrawn"}.get(verb, line.plain["to"])
    if verb == "withdraw" and line.plain["to"] == "draft":
        to = "cancelled"
    step = Line({**line.plain, "act": verb, "to": to, "data": {}, "guards": {}, "pay": None})
    step = step.with_(role=None, fired=None, **{"for": None})
    return _cut_after(export, place).inserted(place + 1, step).remade()


@found
def answers_for_another(true: Evidence, chance: random.Random) -> Export | None:
    """Somebody else answers the points that were raised about the teacher, all made to fit."""
    export = true.export
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["act"] == "answer"])
    line = export.lines[place]
    whom = _a_person(export, chance)
    if whom == line.plain["actor"]:
        return None
    return export.at(place, line.with_(actor=whom)).remade()


@found
def says_late_for_in_time(true: Evidence, chance: random.Random) -> Export:
    """A record that was filed late is said to be in time, or the other way round."""
    export = true.export
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["act"] == "file"])
    data = export.lines[place].plain["data"]
    forged = export.lines[place].with_(data={**data, "late": not data["late"]})
    return export.at(place, forged).remade()


@found
def changes_the_rules_on_the_way(true: Evidence, chance: random.Random) -> Export | None:
    """From some entry on a cycle runs under another version, which is there and defined."""
    export = true.export
    places = export.subjects()[chance.choice(export.cycles())]
    if len(places) < 2:
        return None
    start = chance.randrange(1, len(places))
    version = _eased(export, export.lines[places[0]], chance)
    lines = list(export.lines)
    for place in places[start:]:
        lines[place] = lines[place].with_(**{"def": sha256_b64(version)})
    return _defining(replace(export, lines=tuple(lines)), version).remade()


def _eased(export: Export, line: Line, chance: random.Random) -> bytes:
    """The version of a line's cycle with fewer guards."""
    digest = base64.b64decode(line.plain["def"]).hex()
    plain = parse_canonical(export.definitions[digest])
    ways = [way for way in plain["transitions"].values() if way.get("guards")]
    chance.choice(ways)["guards"] = []
    return canonical_bytes(plain)


def _defining(export: Export, version: bytes) -> Export:
    """With a version and the entry by which it was defined."""
    key = parse_canonical(version)["workflow"]
    made = [x for x in export.lines if x.plain["data"].get("workflow") == key]
    last = max(made, key=lambda line: line.plain["data"]["number"])
    data = {"workflow": key, "number": last.plain["data"]["number"] + 1}
    entry = made[0].with_(subj=f"def:{sha256_hex(version)}", data=data, at=last.plain["at"])
    definitions = {**export.definitions, sha256_hex(version): version}
    return replace(export, lines=(*export.lines, entry), definitions=definitions)


# --- contents ----------------------------------------------------------------------------------


def _other_words(row: PayloadRow, chance: random.Random) -> PayloadRow:
    plain = parse_canonical(row.payload or b"{}")
    plain[chance.choice([*plain, "reason"])] = chance.randbytes(6).hex()
    return replace(row, payload=canonical_bytes(plain))


@found
def rewrites_a_content(true: Evidence, chance: random.Random) -> Export:
    """Other words under an entry that stays as it is."""
    export = true.export
    place = _with_content(export, chance)
    line = export.lines[place]
    assert line.row is not None
    return export.at(place, replace(line, row=_other_words(line.row, chance)))


@found
def changes_a_salt(true: Evidence, chance: random.Random) -> Export:
    """The same words with other chance beside them."""
    export = true.export
    place = _with_content(export, chance)
    line = export.lines[place]
    assert line.row is not None
    return export.at(place, replace(line, row=replace(line.row, salt=chance.randbytes(32))))


@found
def swaps_two_contents(true: Evidence, chance: random.Random) -> Export | None:
    """The words of one entry under another."""
    export = true.export
    one, other = _with_content(export, chance), _with_content(export, chance)
    a, b = export.lines[one].row, export.lines[other].row
    assert a is not None
    assert b is not None
    forged = export.at(one, replace(export.lines[one], row=replace(b, leaf=a.leaf)))
    return forged.at(other, replace(export.lines[other], row=replace(a, leaf=b.leaf)))


@found
def erases_without_saying_so(true: Evidence, chance: random.Random) -> Export:
    """A content made null, and no entry that erases it."""
    export = true.export
    place = _with_content(export, chance)
    line = export.lines[place]
    assert line.row is not None
    return export.at(place, replace(line, row=PayloadRow(line.row.leaf, None, None)))


@found
def drops_a_content(true: Evidence, chance: random.Random) -> Export:
    """A row that is not there at all; the manifest is made to fit."""
    export = true.export
    place = chance.choice([i for i, x in enumerate(export.lines) if x.row is not None])
    return export.at(place, replace(export.lines[place], row=None)).announced()


@found
def invents_what_was_erased(true: Evidence, chance: random.Random) -> Export:
    """New words where an entry says that they are gone."""
    export = true.export
    null = [i for i, x in enumerate(export.lines) if x.row and x.row.payload is None]
    place = chance.choice([i for i in null if not export.lines[i].withheld])
    line = export.lines[place]
    assert line.row is not None
    words = canonical_bytes({"fields": {"text": chance.randbytes(4).hex()}})
    row = replace(line.row, salt=chance.randbytes(32), payload=words)
    return export.at(place, replace(line, row=row))


@found
def brings_a_content_of_its_own(true: Evidence, chance: random.Random) -> Members:
    """A row that no entry speaks of; the manifest is made to fit."""
    export = true.export
    more = replace(export.manifest, payloads=export.manifest.payloads + 1)
    held = dict(replace(export, manifest=more).members())
    row = PayloadRow(chance.randbytes(32), chance.randbytes(32), b'{"fields":{"text":"x"}}')
    rows = held[PAYLOADS].splitlines(keepends=True)
    rows.insert(chance.randrange(len(rows) + 1), payload_line(row))
    return {**held, PAYLOADS: b"".join(rows)}


@found
def takes_an_erasure_back(true: Evidence, chance: random.Random) -> Export:
    """The entry that says what was erased is dropped, with all hashes made to fit."""
    export = true.export
    places = [i for i, x in enumerate(export.lines) if x.plain["act"] == "erase"]
    return export.without(chance.choice(places)).remade()


@found
def changes_what_is_said_to_be_withheld(true: Evidence, chance: random.Random) -> Export:
    """One less, one that is there, one that nobody knows."""
    export, said = true.export, true.export.manifest.withheld
    there = export.lines[_with_content(export, chance)].leaf
    less = tuple(leaf for leaf in said if leaf != chance.choice(said))
    ways = [less, (*said, b64(there)), (*said, b64(chance.randbytes(32)))]
    return replace(export, manifest=replace(export.manifest, withheld=chance.choice(ways)))


@found
def calls_a_content_withheld(true: Evidence, chance: random.Random) -> Export:
    """A content that displeases is made null and said to be withheld."""
    export = true.export
    place = _with_content(export, chance)
    line = export.lines[place]
    assert line.row is not None
    row = PayloadRow(line.row.leaf, None, None)
    return export.at(place, replace(line, row=row, withheld=True)).announced()


# --- attachments and workflows -----------------------------------------------------------------


@found
def alters_an_attachment(true: Evidence, chance: random.Random) -> Export:
    """Other bytes under the old name."""
    export = true.export
    digest = chance.choice(sorted(export.files))
    return replace(export, files={**export.files, digest: _flipped(export.files[digest], chance)})


@found
def swaps_attachments(true: Evidence, chance: random.Random) -> Export:
    """Each of two under the name of the other."""
    export = true.export
    one, other = chance.sample(sorted(export.files), 2)
    swapped = {one: export.files[other], other: export.files[one]}
    return replace(export, files={**export.files, **swapped})


@found
def replaces_an_attachment(true: Evidence, chance: random.Random) -> Export:
    """Another file under its own name in the place of one; the manifest is made to fit."""
    export = true.export
    gone = chance.choice(sorted(export.files))
    files = {d: content for d, content in export.files.items() if d != gone}
    new = _flipped(export.files[gone], chance)
    return replace(export, files={**files, sha256_hex(new): new}).announced()


@found
def drops_an_attachment(true: Evidence, chance: random.Random) -> Export:
    """A file that a content names; the manifest is made to fit."""
    export = true.export
    gone = chance.choice(sorted(export.files))
    files = {d: content for d, content in export.files.items() if d != gone}
    return replace(export, files=files).announced()


@found
def adds_an_attachment(true: Evidence, chance: random.Random) -> Export:
    """A file that no content names; the manifest is made to fit."""
    new = chance.randbytes(40)
    return replace(true.export, files={**true.export.files, sha256_hex(new): new}).announced()


def _a_defining(export: Export, chance: random.Random, *, again: bool = False) -> int:
    """Where an entry stands that makes a version current, or makes it so once more."""
    lines = enumerate(export.lines)
    made = [i for i, x in lines if x.plain["act"] == DEFINE and x.plain["seq"] > int(again)]
    return chance.choice(made)


@found
def has_another_version_current(true: Evidence, chance: random.Random) -> Export:
    """The number or workflow of an entry that made a version current, everything made to fit."""
    export = true.export
    place = _a_defining(export, chance)
    said = export.lines[place].plain["data"]
    ways = [{"number": said["number"] + chance.choice([-1, 1, 7])}, {"workflow": "some-other"}]
    data = {**said, **chance.choice(ways)}
    return export.at(place, export.lines[place].with_(data=data)).remade()


@found
def swaps_what_became_current(true: Evidence, chance: random.Random) -> Export:
    """Two versions of a workflow became current in the other order, everything made to fit."""
    export = true.export
    one = _a_defining(export, chance, again=True)
    said = export.lines[one].plain["data"]
    lines = enumerate(export.lines)
    others = [i for i, x in lines if x.plain["data"].get("workflow") == said["workflow"]]
    other = chance.choice([i for i in others if i != one])
    forged = export.at(one, export.lines[one].with_(data=export.lines[other].plain["data"]))
    return forged.at(other, forged.lines[other].with_(data=said)).remade()


@rewritten
def forgets_that_a_version_became_current_again(true: Evidence, chance: random.Random) -> Export:
    """The entry that made it so is dropped, with everything made to fit."""
    return true.export.without(_a_defining(true.export, chance, again=True)).remade()


@found
def alters_a_workflow(true: Evidence, chance: random.Random) -> Export:
    """Other rules under the digest of the old ones."""
    export = true.export
    line = chance.choice([x for x in export.lines if x.of_cycle])
    digest = base64.b64decode(line.plain["def"]).hex()
    eased = {**export.definitions, digest: _eased(export, line, chance)}
    return replace(export, definitions=eased)


@found
def drops_a_workflow(true: Evidence, chance: random.Random) -> Export:
    """A version that an entry defines; the manifest is made to fit."""
    export = true.export
    gone = chance.choice(sorted(export.definitions))
    kept = {d: content for d, content in export.definitions.items() if d != gone}
    return replace(export, definitions=kept).announced()


@found
def adds_a_workflow(true: Evidence, chance: random.Random) -> Export:
    """A version that no entry defines; the manifest is made to fit."""
    export = true.export
    new = _eased(export, chance.choice([x for x in export.lines if x.of_cycle]), chance)
    return replace(export, definitions={**export.definitions, sha256_hex(new): new}).announced()


@found
def changes_the_manifest(true: Evidence, chance: random.Random) -> Export:
    """Another count, log, head or list; not the time at which it says it was made."""
    said = true.export.manifest
    subj = chance.choice(sorted(said.heads))
    head, others = said.heads[subj], {s: h for s, h in said.heads.items() if s != subj}
    digest = sha256_hex(chance.randbytes(4))
    ways: list[dict[str, Any]] = [
        {"log": "cycles.example/second"},
        {"entries": chance.randrange(said.entries)},
        {"payloads": said.payloads + chance.randrange(1, 9)},
        {"heads": others},
        {"heads": {**said.heads, subj: replace(head, seq=head.seq + chance.choice([-1, 1]))}},
        {"heads": {**said.heads, subj: replace(head, leaf=b64(chance.randbytes(32)))}},
        {"heads": {**said.heads, "school": Head(subj="school", seq=1, leaf=head.leaf)}},
        {"definitions": said.definitions[1:]},
        {"definitions": (*said.definitions, digest)},
        {"files": said.files[1:]},
        {"files": (*said.files, digest)},
    ]
    return replace(true.export, manifest=replace(said, **chance.choice(ways)))


@found
def brings_the_manifest_of_another_day(true: Evidence, chance: random.Random) -> Export | None:
    """That of an honest export which was made when the log was shorter."""
    shorter = cuts_the_newest_entries(true, chance)
    assert isinstance(shorter, Export)
    return replace(true.export, manifest=shorter.manifest)


# --- a log that might have been ----------------------------------------------------------------


@rewritten
def cuts_the_newest_entries(true: Evidence, chance: random.Random) -> Export:
    """The end of one chain or several, with all the rest made to fit."""
    export = true.export
    gone: list[int] = []
    for places in chance.sample(list(export.subjects().values()), chance.randrange(1, 4)):
        gone += places[chance.randrange(len(places)) :]
    return export.without(*gone).remade()


@rewritten
def hands_over_an_older_log(true: Evidence, chance: random.Random) -> Export | None:
    """As it stood at an earlier moment, complete in itself: a backup put back."""
    moment = chance.choice(sorted(str(x.plain["at"]) for x in true.export.lines))
    gone = [i for i, x in enumerate(true.export.lines) if x.plain["at"] > moment]
    return true.export.without(*gone).remade() if gone else None


@rewritten
def drops_a_subject(true: Evidence, chance: random.Random) -> Export:
    """A whole cycle or person, with all the rest made to fit."""
    places = chance.choice(list(true.export.subjects().values()))
    return true.export.without(*places).remade()


@rewritten
def edits_an_entry_with_everything_remade(true: Evidence, chance: random.Random) -> Export:
    """One key of one entry; chain, rows, erasures and manifest are made to fit."""
    edited = edits_an_entry(true, chance)
    assert isinstance(edited, Export)
    return edited.remade()


@rewritten
def deletes_an_entry_with_everything_remade(true: Evidence, chance: random.Random) -> Export:
    """One entry; those after it are renumbered and made to fit."""
    return true.export.without(_somewhere(true.export, chance)).remade()


@rewritten
def inserts_an_entry_with_everything_remade(true: Evidence, chance: random.Random) -> Export | None:
    """An invented one; those after it are renumbered and made to fit."""
    inserted = inserts_an_entry(true, chance)
    if not isinstance(inserted, Export):
        return None
    made = inserted.remade()
    # One that says what its successor says takes its place: the log has only grown at the end.
    grown = {line.leaf for line in true.export.lines} <= {line.leaf for line in made.lines}
    return None if grown else made


@rewritten
def swaps_two_entries_with_everything_remade(
    true: Evidence, chance: random.Random
) -> Export | None:
    """Two of a chain, in the other order, made to fit."""
    swapped = swaps_two_entries(true, chance)
    return swapped.remade() if isinstance(swapped, Export) else None


@rewritten
def rewrites_a_content_with_everything_remade(true: Evidence, chance: random.Random) -> Export:
    """Other words, and an entry that commits to them."""
    export = true.export
    place = _with_content(export, chance)
    line = export.lines[place]
    assert line.row is not None
    row = _other_words(line.row, chance)
    assert row.salt is not None
    assert row.payload is not None
    pay = commitment(row.salt, row.payload)
    return export.at(place, replace(line, row=row).with_(pay=pay)).remade()


@rewritten
def erases_and_says_so(true: Evidence, chance: random.Random) -> Export:
    """A content made null, and an entry for it that nobody of the school wrote."""
    export = true.export
    place = _with_content(export, chance)
    line = export.lines[place]
    assert line.row is not None
    nulled = export.at(place, replace(line, row=PayloadRow(line.row.leaf, None, None)))
    at = next(i for i, x in enumerate(export.lines) if x.plain["act"] == "erase")
    entry = nulled.lines[at]
    leaves = [*entry.plain["data"]["leaves"], b64(line.row.leaf)]
    return nulled.at(at, entry.with_(data={**entry.plain["data"], "leaves": leaves})).remade()


@rewritten
def acts_as_head_of_a_group_or_deputy(true: Evidence, chance: random.Random) -> Export | None:
    """Somebody else in a role of the school, which the cycle's own entries do not tell."""
    export = true.export
    roles = ("group.head", "school.deputy")
    place = chance.choice([i for i, x in enumerate(export.lines) if x.plain["role"] in roles])
    line, whom = export.lines[place], _a_person(export, chance)
    return (
        None if whom == line.plain["actor"] else export.at(place, line.with_(actor=whom)).remade()
    )


@rewritten
def moves_a_cycle_to_another_name(true: Evidence, chance: random.Random) -> Export:
    """All entries of a cycle under another id, made to fit."""
    export = true.export
    subj = chance.choice(export.cycles())
    other = f"cycle:{chance.randbytes(16).hex()}"
    lines = tuple(x.with_(subj=other) if x.subj == subj else x for x in export.lines)
    return replace(export, lines=lines).remade()


@rewritten
def hangs_an_end_on_another_cycle(true: Evidence, chance: random.Random) -> Export | None:
    """The end of one cycle becomes the end of another, made to fit."""
    export = true.export
    one, other = chance.sample(export.cycles(), 2)
    mine, theirs = export.subjects()[one], export.subjects()[other]
    kept = mine[: chance.randrange(1, len(mine) + 1)]
    taken = theirs[chance.randrange(1, len(theirs)) :] if len(theirs) > 1 else []
    if not taken:
        return None
    lines = [x for i, x in enumerate(export.lines) if i not in {*mine[len(kept) :], *taken}]
    end = max(i for i, x in enumerate(lines) if x.subj == one)
    lines[end + 1 : end + 1] = [export.lines[i].with_(subj=one) for i in taken]
    return replace(export, lines=tuple(lines)).remade()


@rewritten
def replaces_the_workflow_of_a_cycle(true: Evidence, chance: random.Random) -> Export:
    """Eased rules, defined by an entry, under which the whole cycle is said to have run."""
    export = true.export
    subj = chance.choice(export.cycles())
    version = _eased(export, export.lines[export.subjects()[subj][0]], chance)
    lines = tuple(
        x.with_(**{"def": sha256_b64(version)}) if x.subj == subj else x for x in export.lines
    )
    return _defining(replace(export, lines=lines), version).remade()


# --- looks -------------------------------------------------------------------------------------


def _a_look(export: Export, chance: random.Random, *, with_content: bool = False) -> int:
    looks = [i for i, x in enumerate(export.lines) if x.plain["act"] == LOOK]
    return chance.choice([i for i in looks if export.lines[i].row or not with_content])


@found
def gives_a_look_a_form_that_none_has(true: Evidence, chance: random.Random) -> Export:
    """A kind, a key or a value that the service never writes, with everything made to fit."""
    export = true.export
    place = _a_look(export, chance)
    data = dict(export.lines[place].plain["data"])
    data |= chance.choice([{"look": "nothing"}, {"why": "x"}, {"group": "一组"}, {"seq": -1}])
    return export.at(place, export.lines[place].with_(data=data)).remade()


@found
def hangs_a_look_on_another_chain(true: Evidence, chance: random.Random) -> Export:
    """An auditor's look among the entries of a person, with everything made to fit."""
    export = true.export
    line = export.lines[_a_look(export, chance)]
    end = chance.choice([p[-1] for s, p in export.subjects().items() if s.startswith("person:")])
    new = replace(line, row=None).with_(subj=export.lines[end].subj, pay=None)
    return export.inserted(end + 1, new).remade()


@found
def has_a_look_name_another_subject(true: Evidence, chance: random.Random) -> Export | None:
    """The words name another subject than the mark in clear, with everything made to fit."""
    export = true.export
    place = _a_look(export, chance, with_content=True)
    line, other = export.lines[place], chance.choice(sorted(export.subjects()))
    assert line.row is not None
    assert line.row.salt is not None
    payload = canonical_bytes(chance.choice([{"subj": other}, {"subj": other, "x": 1}, {}]))
    if payload == line.row.payload:
        return None
    row = replace(line.row, payload=payload)
    pay = commitment(line.row.salt, payload)
    return export.at(place, replace(line, row=row).with_(pay=pay)).remade()


@found
def says_that_a_look_is_withheld(true: Evidence, chance: random.Random) -> Export:
    """At what an auditor looked is kept back, though the export has it."""
    export = true.export
    place = _a_look(export, chance, with_content=True)
    line = export.lines[place]
    assert line.row is not None
    row = replace(line.row, salt=None, payload=None)
    return export.at(place, replace(line, row=row, withheld=True)).announced()


@rewritten
def leaves_a_look_out(true: Evidence, chance: random.Random) -> Export:
    """As if an auditor had never looked, with everything made to fit."""
    return true.export.without(_a_look(true.export, chance)).remade()


@rewritten
def has_somebody_else_look(true: Evidence, chance: random.Random) -> Export:
    """The look of one is that of another, with everything made to fit."""
    export = true.export
    place = _a_look(export, chance)
    other = pseudonym(chance.randbytes(16))
    return export.at(place, export.lines[place].with_(actor=other)).remade()
