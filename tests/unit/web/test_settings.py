"""Settings from the environment: what can be meant is taken, all else is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cycles.errors import SettingsError
from cycles_api.settings import VARIABLES, Settings


def test_without_any_setting_it_works_on_this_computer() -> None:
    """SQLite in the present folder, attachments beside it, reachable from here alone."""
    found = Settings.from_environment({"PATH": "/bin", "LANG": "C"})

    assert found == Settings()
    assert found.database.startswith("sqlite:///")
    assert found.host == "127.0.0.1"


def test_each_variable_sets_something() -> None:
    """No documented variable is without effect."""
    given = {
        "CYCLES_DATABASE": "postgresql+psycopg://u@h/n",
        "CYCLES_FILES": "/srv/files",
        "CYCLES_HOST": "0.0.0.0",
        "CYCLES_PORT": "8080",
        "CYCLES_LOG_FORMAT": "json",
        "CYCLES_THREADS": "3",
        "CYCLES_JSON_KB": "64",
        "CYCLES_FILE_MB": "5",
        "CYCLES_PROXIES": "10.0.0.2, 172.16.0.0/12",
        "CYCLES_URL": "https://cycles.school.example",
    }

    assert set(given) == set(VARIABLES)
    for name, value in given.items():
        assert Settings.from_environment({name: value}) != Settings()


def test_attachments_lie_beside_the_database() -> None:
    """Who copies the folder has both."""
    found = Settings.from_environment({"CYCLES_DATABASE": "sqlite:////srv/school/cycles.db"})

    assert found.files == Path("/srv/school/cycles-files")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CYCLES_DATABSE", "x", "did you mean CYCLES_DATABASE?"),
        ("CYCLES_DATABASE", "cycles.db", "sqlite:///cycles.db"),
        ("CYCLES_DATABASE", "mysql://h/n", "postgresql"),
        ("CYCLES_PROXIES", "proxy.school.example", "addresses and networks"),
        ("CYCLES_PORT", "eighty", "from 1 to 65535"),
        ("CYCLES_PORT", "70000", "from 1 to 65535"),
        ("CYCLES_PORT", "-1", "from 1 to 65535"),
        ("CYCLES_THREADS", "0", "from 1 to 64"),
        ("CYCLES_THREADS", "٣", "from 1 to 64"),
        ("CYCLES_LOG_FORMAT", "xml", "console or json"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: str, told: str) -> None:
    """A misspelt name or an impossible value stops the start, with what would be possible."""
    with pytest.raises(SettingsError, match=told.replace("?", r"\?").replace("+", r"\+")):
        Settings.from_environment({name: value})
