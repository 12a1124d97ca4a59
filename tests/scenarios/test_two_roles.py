"""PostgreSQL with two roles, through the command line: the owner makes, the application serves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlmodel import SQLModel

from cycles.store.guards import GUARDS
from tests.databases import fresh_database

CYCLES = [sys.executable, "-c", "from cycles_api.cli import main; main()", "--lang", "en"]
SCHOOL = ["--school", "yuxin", "--name", "育新小学", "--host", "yuxin.example", "--head", "吴若兰"]
STAFF = "姓名,教研组,组长\n宋明远,数学教研组,是\n刘思雨,数学教研组,\n马晓东,数学教研组,\n"


@dataclass(frozen=True)
class Roles:
    """A database, as its owner and as the application reach it."""

    owner: str
    app: str
    folder: Path

    def run(self, *words: str, as_: str | None = None) -> subprocess.CompletedProcess[str]:
        """`cycles …` in a process of its own, as the application unless said otherwise."""
        return subprocess.run(
            [*CYCLES, *words],
            cwd=self.folder,
            env={**os.environ, "CYCLES_DATABASE": as_ or self.app, "CYCLES_FILES": "files"},
            capture_output=True,
            check=False,
            text=True,
        )

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`cycles serve` as the application, and its address."""
        process = subprocess.Popen(
            [*CYCLES, "serve", "--port", "0"],
            cwd=self.folder,
            env={**os.environ, "CYCLES_DATABASE": self.app, "CYCLES_FILES": "files"},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            found = re.search(r"http://\S+", told)
            assert found, told + process.stderr.read()
            yield found.group().rstrip("/")
            process.send_signal(signal.SIGTERM)
        except BaseException:
            process.kill()
            raise
        finally:
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def roles(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    """As docs/administrator.md says: two roles without special rights, a database of the one."""
    number = uuid.uuid4().hex[:12]
    owner, app = f"cycles_owner_{number}", f"cycles_app_{number}"
    for role in (owner, app):
        _run(postgres_url, "CREATE ROLE {} LOGIN", role)
    try:
        with fresh_database(postgres_url) as url:
            _run(postgres_url, "ALTER DATABASE {} OWNER TO {}", str(make_url(url).database), owner)
            plain = make_url(url).set(drivername="postgresql")
            urls = [plain.set(username=role).render_as_string(False) for role in (owner, app)]
            yield Roles(*urls, tmp_path_factory.mktemp("school"))
    finally:
        for role in (app, owner):
            _run(postgres_url, "DROP ROLE {}", role)


def _run(url: str, statement: str, *names: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            sql.SQL(statement).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def school(roles: Roles) -> Roles:
    """Made by the owner with one command that also grants; all that follows is the application."""
    name = str(make_url(roles.app).username)
    made = roles.run("init", "--app-role", name, *SCHOOL, as_=roles.owner)
    assert made.returncode == 0, made.stderr
    return roles


def test_the_application_s_role_runs_a_school(school: Roles, tmp_path: Path) -> None:
    """Staff, token, server, a cycle, an attachment, export, backup of files, erasure, proof."""
    staff = tmp_path / "staff.csv"
    staff.write_text(STAFF, encoding="utf-8")
    export = str(tmp_path / "export.zip")

    imported = school.run("import", str(staff))
    token = school.run("token", "make", "宋明远").stdout.strip()
    with school.serving() as url, _client(url, token) as song:
        cycle = _opened(song)
    commands = [
        school.run("history", cycle),
        school.run("export", "-o", export),
        school.run("verify", export),
        school.run("verify"),
    ]

    assert imported.returncode == 0, imported.stderr
    assert [done.returncode for done in commands] == [0] * 4, [c.stderr for c in commands]
    assert "Sound" in commands[-1].stdout


def _client(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{url}/api/v1", trust_env=False, timeout=30, headers=headers)


def _opened(song: httpx.Client) -> str:
    """A lesson study that Song opens over HTTP; its id."""
    me = song.get("/me").json()
    people = song.get("/people").json()["people"]
    liu = next(person["id"] for person in people if person["name"] == "刘思雨")
    body = {
        "workflow": "lesson-study",
        "group": me["roles"][0]["group"],
        "subject": {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"},
        "roles": {"teacher": [liu]},
    }
    answer = song.post("/cycles", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["cycle"])


def _attempts() -> Iterator[str]:
    """What nobody but the owner may do, on every table and with every guard."""
    owned = ("entry", "payload", "cycle", "version")
    for table in SQLModel.metadata.tables:
        yield f'TRUNCATE "{table}" CASCADE'
        yield f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'
        yield f'ALTER TABLE "{table}" DISABLE TRIGGER USER'
        yield f'ALTER TABLE "{table}" ADD COLUMN mine text'
        yield f'ALTER TABLE "{table}" OWNER TO CURRENT_USER'
        yield f'ALTER TABLE "{table}" RENAME TO mine'
        yield f'DROP TABLE "{table}" CASCADE'
        for constraint in SQLModel.metadata.tables[table].constraints:
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint.name}" CASCADE'
    for guard in GUARDS:
        if guard.event != "INSERT":
            yield f'DROP TRIGGER {guard.name} ON "{guard.table}"'
            yield f'ALTER TABLE "{guard.table}" DISABLE TRIGGER {guard.name}'
            yield f'ALTER TABLE "{guard.table}" ENABLE REPLICA TRIGGER {guard.name}'
    for table in owned:
        yield f'DELETE FROM "{table}"'
        yield f"CREATE TRIGGER mine BEFORE INSERT ON \"{table}\" EXECUTE FUNCTION cycles_refuse('')"
        yield f'CREATE RULE mine AS ON INSERT TO "{table}" DO INSTEAD NOTHING'
    yield "UPDATE entry SET body = body"
    yield "UPDATE version SET canonical = canonical"
    yield "UPDATE payload SET leaf = leaf"
    yield "UPDATE alembic_version SET version_num = '0'"
    yield "DROP FUNCTION cycles_refuse CASCADE"
    yield "ALTER FUNCTION cycles_refuse RENAME TO mine"
    yield (
        "CREATE OR REPLACE FUNCTION cycles_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$"
    )
    yield "CREATE TABLE mine (id integer)"
    yield "CREATE SCHEMA mine"
    yield "DROP SCHEMA public CASCADE"
    yield "SET session_replication_role = replica"
    yield "SET ROLE {owner}"
    yield "SET SESSION AUTHORIZATION {owner}"
    yield "GRANT {owner} TO CURRENT_USER"
    yield "ALTER ROLE CURRENT_USER SUPERUSER"


def test_the_application_s_role_cannot_touch_what_guards_the_log(school: Roles) -> None:
    """It can neither switch a guard off nor alter, empty or take a table: it has no right to."""
    owner = str(make_url(school.owner).username)
    let_through: dict[str, object] = {}

    with psycopg.connect(school.app, autocommit=True) as connection:
        for attempt in set(_attempts()):
            try:
                connection.execute(attempt.replace("{owner}", owner))  # type: ignore[call-overload]
                let_through[attempt] = "done"
            except psycopg.errors.InsufficientPrivilege:
                pass
            except psycopg.Error as error:
                let_through[attempt] = error  # refused, but for a reason that may go away

    assert let_through == {}


def test_init_again_gives_the_role_no_more_than_before(school: Roles) -> None:
    """An upgrade grants anew; what somebody had granted beside it is taken back."""
    name = str(make_url(school.app).username)
    with psycopg.connect(school.owner, autocommit=True) as owner:
        before = _rights(owner, name)
        owner.execute(sql.SQL("GRANT ALL ON entry TO {}").format(sql.Identifier(name)))

    again = school.run("init", "--app-role", name, as_=school.owner)

    assert again.returncode == 0, again.stderr
    with psycopg.connect(school.owner, autocommit=True) as owner:
        assert _rights(owner, name) == before


def _rights(owner: psycopg.Connection[tuple[object, ...]], role: str) -> list[tuple[object, ...]]:
    return owner.execute(
        "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges"
        " WHERE grantee = %s UNION SELECT table_name, NULL, privilege_type"
        " FROM information_schema.table_privileges WHERE grantee = %s ORDER BY 1, 2, 3",
        [role, role],
    ).fetchall()


def test_only_the_owner_grants_and_never_to_itself(school: Roles) -> None:
    """PostgreSQL would only warn, and `cycles init` say that it was done."""
    app, owner = (str(make_url(url).username) for url in (school.app, school.owner))
    with psycopg.connect(school.owner, autocommit=True) as connection:
        before = _rights(connection, app)

    by_app = school.run("init", "--app-role", app)
    to_owner = school.run("init", "--app-role", owner, as_=school.owner)

    assert (by_app.returncode, to_owner.returncode) == (3, 3)
    assert "owner" in by_app.stderr
    assert "another role" in to_owner.stderr
    assert "Traceback" not in by_app.stderr + to_owner.stderr
    with psycopg.connect(school.owner, autocommit=True) as connection:
        assert _rights(connection, app) == before


@pytest.fixture
def empty_database(postgres_url: str, tmp_path: Path) -> Iterator[Roles]:
    """A database without tables of one role's, and another role that may only connect."""
    number = uuid.uuid4().hex[:12]
    owner, app = f"cycles_owner_{number}", f"cycles_app_{number}"
    for role in (owner, app):
        _run(postgres_url, "CREATE ROLE {} LOGIN", role)
    try:
        with fresh_database(postgres_url) as url:
            _run(postgres_url, "ALTER DATABASE {} OWNER TO {}", str(make_url(url).database), owner)
            plain = make_url(url).set(drivername="postgresql")
            urls = [plain.set(username=role).render_as_string(False) for role in (owner, app)]
            yield Roles(*urls, tmp_path)
    finally:
        for role in (app, owner):
            _run(postgres_url, "DROP ROLE {}", role)


def test_an_empty_database_is_told_with_the_line_to_run(empty_database: Roles) -> None:
    """A role that may make no tables says who has to, and how; then a page makes the school."""
    roles = empty_database
    app = str(make_url(roles.app).username)

    refused = roles.run("serve", "--port", "0")
    told = refused.stderr
    made = roles.run("init", "--no-school", "--app-role", app, as_=roles.owner)
    with roles.serving() as url:
        page = httpx.get(f"{url}/setup", trust_env=False, timeout=60)

    assert refused.returncode == 2
    assert "Traceback" not in told
    assert "cycles init --no-school --database" in told
    assert f"--app-role {app}" in told
    assert made.returncode == 0, made.stderr
    assert page.status_code == 200


def test_whoever_owns_an_empty_database_begins_at_once(empty_database: Roles) -> None:
    """The tables are made at the first start, as on SQLite."""
    roles = empty_database

    with replace(roles, app=roles.owner).serving() as url:
        page = httpx.get(f"{url}/setup", trust_env=False, timeout=60)

    assert page.status_code == 200
