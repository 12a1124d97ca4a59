"""Asking everything as everybody, and the tables that say what must come of it.

`python -m tests.web.access_run` prints the tables as they are now, to be read before they are
put into `access_matrix.txt`.
"""

from __future__ import annotations

import base64
import binascii
import io
import itertools
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar.testing import TestClient

from cycles.service import operator_of
from cycles.service.answers import EntryAnswer
from cycles.service.reading_log import LogQuestion
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.logs import make_log
from cycles_api.settings import Settings
from tests.web.access_requests import CYCLES, Asked, rows
from tests.web.access_school import CALLERS, NOBODY, TEXTS, AccessSchool, build, mark
from tests.web.conformance import Conformance

__all__ = ["COLUMNS", "SIGNS", "Matrix", "matrix_of", "read_tables", "said"]

COLUMNS = (*CALLERS, *NOBODY)
#: Where the signs of a row begin.
WIDTH = 24
#: Status → how the table writes it.
SIGNS = {200: "+", 201: "+", 401: "x", 403: "-", 404: ".", 409: "s", 422: "?"}


class _Swapped:
    """A service that can be exchanged behind an application."""

    service: Service

    def __getattr__(self, name: str) -> Any:
        return getattr(self.service, name)


class Matrix:
    """The schools behind the application; `fresh` puts a new copy there."""

    def __init__(self, school: AccessSchool, folder: Path) -> None:
        self.school, self._folder = school, folder
        self.rows = rows(school)
        self._keys, self._copies = itertools.count(1), itertools.count(1)
        self._behind, self._open = _Swapped(), ExitStack()
        self.client: TestClient[Any] = TestClient(
            create_app(
                Settings(file_limit=100_000, threads=2),
                self._behind,
                log=make_log("json", io.StringIO()),
            )
        )
        self.fresh()
        self.revisions = self._revisions()

    def fresh(self) -> None:
        """Put a new copy of the schools behind the application."""
        self._open.close()
        copied = self.school.copy(self._folder / f"copy-{next(self._copies)}")
        self._behind.service = self._open.enter_context(copied).service

    @property
    def service(self) -> Service:
        """What stands behind the application now."""
        return self._behind.service

    def close(self) -> None:
        """Close the copy that is open."""
        self._open.close()

    def _revisions(self) -> dict[str, str]:
        found = {}
        for name, cycle in self.school.names.items():
            operator = operator_of("away" if name == "away" else "near")
            if name in CYCLES:
                line = self.service.looking.cycle(operator, cycle).line
                found[cycle] = f'"{line.revision}"'
        return found

    def entries(self) -> int:
        """How long both logs are together, but for what auditors looked at."""
        return len(self._log(looks=False))

    def lookers(self) -> set[str]:
        """Who looked as an auditor, by person id."""
        return {entry.actor for entry in self._log(looks=True)}

    def looks(self) -> int:
        """How often auditors looked."""
        return len(self._log(looks=True))

    def _log(self, *, looks: bool) -> list[EntryAnswer]:
        asked = LogQuestion(looks=looks)
        logs = (self.service.log.log(operator_of(s), asked, limit=10**6) for s in ("near", "away"))
        return [entry for log in logs for entry in log.entries]

    def ask(
        self, column: str, asked: Asked, *, key: str | None = None, around: bool = False
    ) -> httpx.Response:
        """The answer to a request of one column.

        `around`: with a parameter that nothing reads, so that the plain way is not taken.
        """
        headers = {"Accept-Language": "en", "Idempotency-Key": key or f"key-{next(self._keys)}"}
        if column in self.school.tokens:
            headers["Authorization"] = f"Bearer {self.school.tokens[column]}"
        if asked.match:
            cycle = asked.path.split("/")[4]
            headers["If-Match"] = self.revisions.get(cycle, '"2"')
        more: dict[str, Any] = {"json": asked.body} if asked.body is not None else {}
        if asked.file is not None:
            more = {"files": {"file": (f"a.{asked.ending}", asked.file)}}
        path = f"{asked.path}?_=1" if around else asked.path
        return self.client.request(asked.method, path, headers=headers, **more)

    def read(self, column: str, path: str) -> httpx.Response:
        """The answer to a question with filters."""
        return self.ask(column, Asked("GET", path))

    def conformance(self) -> Conformance:
        """The document that the application gives out."""
        return Conformance(self.client.get("/api/v1/openapi.json").json())


@contextmanager
def matrix_of(folder: Path) -> Iterator[Matrix]:
    """The schools behind the application until the block ends."""
    (folder / "left").mkdir()
    matrix = Matrix(build(folder / "left"), folder)
    try:
        with matrix.client:
            yield matrix
    finally:
        matrix.close()


def said(answer: httpx.Response) -> str:
    """Everything that an answer says: headers, body, what is packed in it, where its page ends."""
    parts = [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.headers["content-type"] == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            for name in packed.namelist():
                raw = packed.read(name)
                parts += [name, raw.decode("utf-8", "replace"), *_payloads(name, raw)]
    else:
        parts.append(answer.content.decode("utf-8", "replace"))
    if answer.headers["content-type"] == "application/json":
        plain = answer.json()
        if isinstance(plain, dict) and isinstance(plain.get("next"), str):
            parts.append(base64.urlsafe_b64decode(plain["next"] + "==").decode())
    return "\n".join(parts)


def _payloads(name: str, raw: bytes) -> Iterator[str]:
    """What stands in the packed payloads."""
    for line in raw.splitlines() if name == "payloads.jsonl" else ():
        payload = json.loads(line)["payload"]
        try:
            yield base64.b64decode(payload or "").decode()
        except binascii.Error:  # pragma: no cover  # payloads are base64
            yield str(payload)


def read_tables(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Both tables of a file: row → signs, one a column; the operations first, then the texts."""
    tables: list[dict[str, str]] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("="):
            tables.append({})
            continue
        label, signs = line[:WIDTH].strip(), line[WIDTH:].split()
        assert len(signs) == len(COLUMNS), f"{label}: {len(signs)} cells"
        assert label not in tables[-1], f"{label} stands there twice"
        tables[-1][label] = "".join(signs)
    operations, texts = tables
    return operations, texts


def _printed(title: str, found: Mapping[str, Iterable[str]]) -> None:
    print(f"\n= {title}")
    for number, (label, signs) in enumerate(sorted(found.items(), key=lambda row: _order(row[0]))):
        if number % 20 == 0:
            print(f"\n{'#':<{WIDTH}}{' '.join(name[:4] for name in COLUMNS)}")
        print(f"{label:<{WIDTH}}{'    '.join(signs)}")


def _order(label: str) -> tuple[int, str]:
    """What is asked about nothing in particular first, then by what it is asked about."""
    return (
        0 if " " not in label or label.partition(" ")[0] in TEXTS else 1,
        label.partition(" ")[2],
    )


def _main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        matrix_of(Path(folder)) as matrix,
    ):
        found: dict[str, list[str]] = {}
        heard = dict.fromkeys(COLUMNS, "")
        for label, asked in matrix.rows.items():
            found[label] = []
            for column in COLUMNS:
                answer = matrix.ask(column, asked)
                found[label].append(SIGNS.get(answer.status_code, str(answer.status_code)))
                heard[column] += said(answer)
                if asked.changes and answer.is_success:
                    matrix.fresh()
        _printed("operations", found)
        texts = {t: ["+" if mark(t) in heard[c] else "." for c in COLUMNS] for t in TEXTS}
        _printed("texts", texts)


if __name__ == "__main__":
    _main()
