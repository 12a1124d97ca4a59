"""The tests' own PostgreSQL is real, recent and clean."""

from __future__ import annotations

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests.databases import fresh_database


def _ask(url: str, question: str) -> object:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        return connection.execute(text(question)).scalar()


def test_postgresql_is_one_we_support(fresh_postgres_url: str) -> None:
    """Tests run on PostgreSQL 15 or newer, with UTF-8 and in UTC."""
    version = int(str(_ask(fresh_postgres_url, "SHOW server_version_num")))

    assert version >= 15_00_00
    assert _ask(fresh_postgres_url, "SHOW server_encoding") == "UTF8"
    assert _ask(fresh_postgres_url, "SELECT '课例研讨'::text") == "课例研讨"


def test_a_fresh_database_is_empty_and_gone_afterwards(postgres_url: str) -> None:
    """Each test starts from nothing and leaves nothing, even with a connection left open."""
    with fresh_database(postgres_url) as url:
        name = make_url(url).database
        tables = _ask(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        left_open = create_engine(url)
        left_open.connect().execute(text("SELECT 1"))

    left = _ask(postgres_url, f"SELECT count(*) FROM pg_database WHERE datname = '{name}'")
    assert tables == 0
    assert left == 0


def test_a_fresh_database_can_start_from_a_copy(postgres_url: str) -> None:
    """What was migrated once can be copied for each test."""
    with fresh_database(postgres_url) as first:
        _ask(first, "SELECT 1 FROM (SELECT 1) AS one")
        engine = create_engine(first, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE term (name text)"))

        with fresh_database(postgres_url, template=make_url(first).database) as second:
            found = _ask(second, "SELECT count(*) FROM pg_tables WHERE tablename = 'term'")

    assert found == 1
