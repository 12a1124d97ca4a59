"""What an installation may choose, read from the environment once, at the start."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cycles.errors import SettingsError

__all__ = ["PREFIX", "VARIABLES", "Settings"]

PREFIX: Final = "CYCLES_"
_DATABASE: Final = "sqlite:///cycles.db"
_FILES: Final = "cycles-files"
_HOST: Final = "127.0.0.1"

#: Environment variable to what it sets, as `cycles serve --help` tells it.
VARIABLES: Final = {
    "CYCLES_DATABASE": "the database's URL: sqlite:///cycles.db or postgresql+psycopg://…",
    "CYCLES_FILES": "the folder of attachments; default: cycles-files beside the database",
    "CYCLES_URL": "the address that people type: https://cycles.school.example; without https the "
    "pages are for the school's own network",
    "CYCLES_PROXIES": "addresses or networks of proxies that are believed when they say who asks, "
    "such as 10.0.0.2, 172.16.0.0/12; default: none",
    "CYCLES_HOST": "the address to listen on; default 127.0.0.1, this computer alone",
    "CYCLES_PORT": "the port to listen on; default 8000",
    "CYCLES_LOG_FORMAT": "console (for people, the default) or json (one object a line)",
    "CYCLES_THREADS": "how many requests are worked on at once; default 32",
    "CYCLES_JSON_KB": "the largest JSON body in kilobytes (1024 bytes); default 256",
    "CYCLES_FILE_MB": "the largest attachment in megabytes (1024 kilobytes); default 20",
}
#: What the command line reads itself; no setting of the installation.
_COMMAND_LINE: Final = ("CYCLES_LANG", "CYCLES_DEBUG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of one installation; sizes in bytes."""

    database: str = _DATABASE
    files: Path = Path(_FILES)
    host: str = _HOST
    port: int = 8000
    log_format: Literal["console", "json"] = "console"
    threads: int = 32
    json_limit: int = 256 * 1024
    file_limit: int = 20 * 1024 * 1024
    #: As people type it; empty where nobody said.
    url: str = ""
    #: Addresses and networks of proxies whose `X-Forwarded-For` is believed.
    proxies: tuple[str, ...] = ()
    #: Nothing here is real, and anybody may be anybody.
    demo: bool = False

    @property
    def is_https(self) -> bool:
        """Whether people's browsers reach it over https."""
        return self.url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """The settings that these variables make; those left out keep their default.

        Raises:
            SettingsError: a name that is none of `VARIABLES`, or a value that cannot be meant.

        >>> Settings.from_environment({"CYCLES_PORT": "8080"}).port
        8080
        """
        for name in environment:
            known = name in VARIABLES or name in _COMMAND_LINE or "_TEST_" in name
            if name.startswith(PREFIX) and not known:
                close = difflib.get_close_matches(name, VARIABLES, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise SettingsError(f"no setting is called {name}{hint}")
        given = {n: environment[n].strip() for n in VARIABLES if environment.get(n, "").strip()}
        database = given.get("CYCLES_DATABASE", _DATABASE)
        if not database.startswith(("sqlite:///", "postgresql+psycopg://", "postgresql://")):
            raise SettingsError(
                "CYCLES_DATABASE is a URL like sqlite:///cycles.db or "
                "postgresql+psycopg://user@host/name"
            )
        url = given.get("CYCLES_URL", "")
        if not re.fullmatch(r"(https?://[A-Za-z0-9.:\[\]-]+)?/?", url):
            raise SettingsError("CYCLES_URL is like https://cycles.school.example, without a path")
        log_format = given.get("CYCLES_LOG_FORMAT", "console")
        if log_format not in ("console", "json"):
            raise SettingsError("CYCLES_LOG_FORMAT is console or json")
        return cls(
            database=database,
            files=Path(given["CYCLES_FILES"]) if "CYCLES_FILES" in given else beside(database),
            host=given.get("CYCLES_HOST", _HOST),
            port=_number(given, "CYCLES_PORT", 8000, 1, 65_535),
            log_format="json" if log_format == "json" else "console",
            threads=_number(given, "CYCLES_THREADS", 32, 1, 64),
            json_limit=_number(given, "CYCLES_JSON_KB", 256, 16, 4096) * 1024,
            file_limit=_number(given, "CYCLES_FILE_MB", 20, 1, 500) * 1024 * 1024,
            url=url.rstrip("/"),
            proxies=_networks(given.get("CYCLES_PROXIES", "")),
        )


def beside(database: str) -> Path:
    """The folder for attachments beside a SQLite file; in the present one for PostgreSQL."""
    path = database.removeprefix("sqlite:///") if database.startswith("sqlite:///") else ""
    return Path(path).parent / _FILES if path not in ("", ":memory:") else Path(_FILES)


def _networks(text: str) -> tuple[str, ...]:
    """The addresses and networks of a list with commas."""
    try:
        return tuple(str(ipaddress.ip_network(part.strip())) for part in text.split(",") if part)
    except ValueError:
        raise SettingsError(
            "CYCLES_PROXIES is a list of addresses and networks such as 10.0.0.2, 172.16.0.0/12"
        ) from None


def _number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise SettingsError(f"{name} is a whole number from {least} to {most}")
    return int(text)
