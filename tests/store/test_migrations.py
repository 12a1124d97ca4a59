"""An empty or older database becomes exactly what the code expects; any other is told."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import cycles.store
from cycles.errors import SchemaMismatchError, StoreError, StoreUnavailableError
from cycles.store import GroupRow, grant_application_role, open_store
from cycles.store.guards import GUARDS
from cycles.store.schema import REVISION, create_schema
from tests.databases import fresh_database
from tests.store.school_log import everything, move_on, open_cycle, school, write_entry

#: All that PostgreSQL knows of our tables, as text.
CATALOG = """
SELECT 'column', table_name || '.' || column_name,
       concat_ws(' ', data_type, collation_name, is_nullable, column_default, generation_expression)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgname, pg_get_triggerdef(oid) || tgenabled::text
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', proname, pg_get_functiondef(oid)
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return str(request.getfixturevalue("fresh_postgres_url"))


def engine_of(url: str) -> Engine:
    """Past the store."""
    return create_engine(url, poolclass=NullPool)


def catalog(url: str) -> dict[tuple[str, str], str]:
    """What the database says of its tables, without the migrations' own one."""
    sqlite = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema"
    with engine_of(url).connect() as connection:
        found = connection.exec_driver_sql(sqlite if url.startswith("sqlite") else CATALOG)
        return {
            (kind, name): re.sub(r"\s+", "", told)
            for kind, name, told in found
            if "alembic_version" not in name
        }


def migrate(url: str) -> None:
    """As `cycles init` does."""
    open_store(url, migrate=True).close()


def test_the_migrations_make_what_the_code_has(
    empty_url: str, tmp_path: Path, postgres_url: str
) -> None:
    """Columns, keys, checks, indices, triggers and functions are those of the tables."""
    migrate(empty_url)

    def made_by_code(url: str) -> dict[tuple[str, str], str]:
        with engine_of(url).begin() as connection:
            create_schema(connection)
        return catalog(url)

    if empty_url.startswith("sqlite"):
        expected = made_by_code(f"sqlite:///{tmp_path}/code.db")
    else:
        with fresh_database(postgres_url) as url:
            expected = made_by_code(url)
    assert catalog(empty_url) == expected
    triggers = {name for kind, name in expected if kind == "trigger"}
    other = "TRUNCATE" if empty_url.startswith("sqlite") else "INSERT"
    assert triggers == {guard.name for guard in GUARDS if guard.event != other}


def test_alembic_finds_nothing_to_do(empty_url: str) -> None:
    """A change of the tables without a migration is found before it is merged."""
    migrate(empty_url)

    with engine_of(empty_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_newest_migration_is_the_one_the_code_asks_for() -> None:
    """There is one newest file, and the code knows its name."""
    folder = Path(cycles.store.__file__).parent / "migrations"

    assert ScriptDirectory(str(folder)).get_heads() == [REVISION]


def test_the_migrations_travel_in_the_wheel() -> None:
    """Whoever installs Cycles can make a database with it."""
    builder = WheelBuilder(str(Path(__file__).resolve().parents[2]))
    inside = {file.distribution_path for file in builder.recurse_included_files()}

    folder = Path(cycles.store.__file__).parent / "migrations"
    files = [path for path in folder.rglob("*.*") if path.suffix != ".pyc"]
    assert {f"cycles/store/migrations/{p.relative_to(folder).as_posix()}" for p in files} <= inside


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    """Also with data in it."""
    migrate(empty_url)
    with closing(open_store(empty_url)) as store:
        store.add_school(school())
        store.write("north", lambda work: open_cycle(work, "c1"))
        before = everything(store)

    migrate(empty_url)

    with closing(open_store(empty_url)) as store:
        assert everything(store) == before


def test_many_may_migrate_at_once(fresh_postgres_url: str) -> None:
    """Servers that start together wait for the first one, and find its work done."""
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, [fresh_postgres_url] * 3))


def test_an_empty_database_says_how_to_fill_it(empty_url: str) -> None:
    """Only `migrate` makes tables."""
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).touch()

    with pytest.raises(SchemaMismatchError, match="cycles init"):
        open_store(empty_url)


@pytest.mark.parametrize("bring_up", [False, True])
def test_a_newer_database_is_left_alone(empty_url: str, bring_up: bool) -> None:
    """An old programme never writes into tables it does not know."""
    migrate(empty_url)
    with engine_of(empty_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = catalog(empty_url)

    with pytest.raises(SchemaMismatchError, match="9999"):
        open_store(empty_url, migrate=bring_up)

    assert catalog(empty_url) == before


def test_somebody_else_s_database_is_left_alone(empty_url: str) -> None:
    """A database with other tables is not ours to fill."""
    with engine_of(empty_url).begin() as connection:
        connection.execute(text("CREATE TABLE customers (id integer)"))
    before = catalog(empty_url)

    for bring_up in (False, True):
        with pytest.raises(SchemaMismatchError):
            open_store(empty_url, migrate=bring_up)

    assert catalog(empty_url) == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A database cannot be made just anywhere."""
    with pytest.raises(StoreUnavailableError):
        open_store(f"sqlite:///{tmp_path}/no/such/folder.db", migrate=True)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://root:secret@host/db"]
)
def test_an_address_of_no_store_is_told(url: str) -> None:
    """The refusal names what is possible, and no password."""
    with pytest.raises(StoreError, match="sqlite:///path") as refused:
        open_store(url)
    assert "secret" not in str(refused.value)


# --- the application's own role ----------------------------------------------------------------


@pytest.fixture
def app_url(fresh_postgres_url: str) -> Any:
    """Of a new database, for a role that is not its owner."""
    migrate(fresh_postgres_url)
    role = f"app_{make_url(fresh_postgres_url).database}"
    with engine_of(fresh_postgres_url).begin() as owner:
        owner.exec_driver_sql(f'CREATE ROLE "{role}" LOGIN')
    grant_application_role(fresh_postgres_url, role)
    yield make_url(fresh_postgres_url).set(username=role).render_as_string(False)
    with engine_of(fresh_postgres_url).begin() as owner:
        owner.exec_driver_sql(f'DROP OWNED BY "{role}"')
        owner.exec_driver_sql(f'DROP ROLE "{role}"')


def test_the_application_s_role_may_do_all_it_needs(app_url: str) -> None:
    """Every kind of writing and reading works without owning the tables."""
    with closing(open_store(app_url)) as store:
        store.add_school(school())

        def everything_there_is(work: Any) -> None:
            open_cycle(work, "c1", text="计划")
            move_on(work, "c1")
            work.replace_tasks("c1", [])
            write_entry(work, "school", "检查")
            work.put(GroupRow(school_id="north", id="maths", name="数学组"))
            work.put(GroupRow(school_id="north", id="maths", name="大数学组"))
            work.remove(GroupRow, id="maths")
            assert work.erase_payload(work.link("school").leaf)

        store.write("north", everything_there_is)
        assert len(everything(store).entries) == 3


#: Each is refused for want of a right, before any guard is asked.
REFUSED_TO_THE_ROLE = [
    "UPDATE entry SET body = body",
    "DELETE FROM entry",
    "TRUNCATE entry",
    "DELETE FROM cycle",
    "UPDATE version SET canonical = canonical",
    "UPDATE defining SET digest = digest",
    "DELETE FROM defining",
    "UPDATE payload SET leaf = leaf",
    "DELETE FROM payload",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "DROP TRIGGER entry_update ON entry",
    "DROP TABLE entry CASCADE",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0'",
    "CREATE OR REPLACE FUNCTION cycles_refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TABLE mine (id integer)",
]


def test_the_application_s_role_may_do_no_more(app_url: str) -> None:
    """It can neither change what was written nor take the guards away."""
    plain = make_url(app_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in REFUSED_TO_THE_ROLE:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_granting_says_why_it_cannot(fresh_postgres_url: str, sqlite_url: str) -> None:
    """An unknown role, tables that are not there, a database without roles."""
    with pytest.raises(StoreError, match="nobody-we-know"):
        grant_application_role(fresh_postgres_url, "nobody-we-know")
    with pytest.raises(StoreError, match="PostgreSQL"):
        grant_application_role(sqlite_url, "cycles")


def test_a_file_that_is_half_a_database_is_told(tmp_path: Path, sqlite_url: str) -> None:
    """A torn copy is an error with a name, not a crash."""
    whole = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()
    torn = tmp_path / "torn.db"
    torn.write_bytes(whole[: len(whole) // 2])

    def use() -> None:
        with closing(open_store(f"sqlite:///{torn}")) as store:
            store.write("north", lambda work: open_cycle(work, "c1"))

    with pytest.raises(StoreError):
        use()
