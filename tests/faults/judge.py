"""Whether a school's log and tables hold exactly what its people were told.

The tables are read with the plain driver and the log with `json`: nothing of the programme that
is judged takes part.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.faults.load import Load, Sent
from tests.faults.school import Person, School
from tests.faults.served import ServerProcess, asking, cycles

__all__ = ["AGAIN", "judged", "judged_by_http", "judged_by_log", "judged_by_verify"]

#: How many commands are sent once more under their keys.
AGAIN = 5

_ENTRIES = 'SELECT subj, seq, "to", leaf, body FROM entry ORDER BY subj, seq'
_CYCLES = "SELECT subj, revision, state, head FROM cycle"


def judged(server: ServerProcess, school: School, load: Load) -> list[str]:
    """What is wrong after all, while nobody sends anything; one sentence each."""
    return [
        *load.faults,
        *judged_by_verify(school),
        *judged_by_log(school.database, load.sent),
        *judged_by_http(server.url, school.head, load.sent, again=AGAIN),
        *judged_by_files(server.url, load.files),
    ]


def judged_by_log(database: str, commands: Iterable[Sent]) -> list[str]:
    """What the tables hold that nobody was told of, and what they lack; one sentence each.

    `commands` are all that were ever sent in cycles, each answered.
    """
    entries, standing, queued, payloads = _read(database)
    found: list[str] = []
    last: dict[str, tuple[int, str, bytes]] = {}
    by_key: dict[str, list[tuple[str, int]]] = defaultdict(list)
    committed = set()
    for subj, seq, to, leaf, body in entries:
        if seq != last.get(subj, (0,))[0] + 1:
            found.append(f"{subj}: entry {seq} follows {last.get(subj)}")
        last[subj] = (seq, to, leaf)
        plain = json.loads(body)
        if plain["idem"] is not None:
            by_key[plain["idem"]].append((subj, seq))
        if plain["pay"] is not None:
            committed.add(leaf)

    for sent in commands:
        done = by_key.pop(_digest(sent.key), [])
        told = _told(sent) if sent.acknowledged else []
        if done != told:
            found.append(f"told {told}, but the log has {done}: {sent}")
    found += [f"an entry that nobody sent: {where}" for where in by_key.values()]

    in_log = {subj: end for subj, end in last.items() if subj.startswith("cycle:")}
    found += [
        f"{subj} stands at {standing.get(subj)}, its log ends with {in_log.get(subj)}"
        for subj in in_log.keys() | standing.keys()
        if in_log.get(subj) != standing.get(subj)
    ]
    if queued != len(entries):
        found.append(f"{queued} of {len(entries)} entries are queued")
    if payloads != committed:
        found.append(f"{len(payloads ^ committed)} payloads without entry, or entries without")
    return found


def judged_by_http(
    url: str, head: Person, commands: Iterable[Sent], *, again: int = 0
) -> list[str]:
    """What the server tells otherwise than it told before.

    Each cycle's history is asked for, and `again` commands are sent once more under their keys.
    """
    found: list[str] = []
    acknowledged = [sent for sent in commands if sent.acknowledged]
    told: dict[str, set[int]] = defaultdict(set)
    for sent in acknowledged:
        told[sent.answer["cycle"]].update(sent.answer["entries"])
    with asking(url, head.token) as client:
        for cycle, seqs in told.items():
            shown = _history(client, cycle)
            if shown != list(range(1, len(shown) + 1)) or not seqs <= set(shown):
                found.append(f"{cycle}: told {sorted(seqs)}, its history shows {shown}")
        for sent in acknowledged[-again:] if again else []:
            answer = sent.send(client)
            same = answer.status_code == sent.status and answer.json() == sent.answer
            if not same or "idempotency-replayed" not in answer.headers:
                found.append(f"sent again, it is answered {answer.text}: {sent}")
    return found


def judged_by_files(url: str, files: Mapping[str, Person]) -> list[str]:
    """Files that were taken and are not there, or not as they were sent."""
    found: list[str] = []
    with asking(url) as client:
        for digest, person in list(files.items()):  # somebody may be sending one
            answer = client.get(f"/api/v1/files/{digest}", headers=person.bearer)
            if hashlib.sha256(answer.content).hexdigest() != digest:
                found.append(f"file {digest}: {answer.status_code}")
    return found


def judged_by_verify(school: School) -> list[str]:
    """What `cycles verify` says, if it finds anything."""
    done = cycles("verify", "--database", school.database, "--json", files=school.files)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def _told(sent: Sent) -> list[tuple[str, int]]:
    """The entries that the answer names."""
    return [(f"cycle:{sent.answer['cycle']}", seq) for seq in sent.answer["entries"]]


def _history(client: Any, cycle: str) -> list[int]:
    """The numbers of all entries that are shown."""
    shown: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(f"/api/v1/cycles/{cycle}/history", params={"limit": 100, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        shown += [entry["seq"] for entry in page["entries"]]
        if page["next"] is None:
            return shown
        cursor = {"cursor": page["next"]}


def _read(database: str) -> tuple[list[Any], dict[str, tuple[int, str, bytes]], int, set[bytes]]:
    """Entries; cycle to (revision, state, head); queue rows; leaves of payloads; at one moment."""
    if database.startswith("sqlite:"):
        path = make_url(database).database
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as on:
            on.execute("BEGIN")
            return _read_on(on)
    plain = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _read_on(connection)


def _read_on(on: Any) -> tuple[list[Any], dict[str, tuple[int, str, bytes]], int, set[bytes]]:
    entries = on.execute(_ENTRIES).fetchall()
    standing = {subj: tuple(rest) for subj, *rest in on.execute(_CYCLES).fetchall()}
    (queued,) = on.execute("SELECT count(*) FROM entry_queue").fetchone()
    payloads = {leaf for (leaf,) in on.execute("SELECT leaf FROM payload").fetchall()}
    return entries, standing, queued, payloads


def _digest(key: str) -> str:
    """A key as entries name it."""
    return base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()
