"""What an installation says of itself: whether phones reach it, and what it will run out of.

Each finding is a code with its data; the words stand in `wording/upkeep.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cycles.errors import StoreError, StoreUnavailableError
from cycles.ledger import parse_instant
from cycles.service import operator_of
from cycles_api.assembly import Service
from cycles_api.reaching import is_here, lan_addresses
from cycles_api.settings import Settings
from cycles_api.wording.tasks import in_zone

__all__ = ["Finding", "checked", "firewall_lines"]

_GIB: Final = 1024**3
#: Less free space than this is soon too little.
_LITTLE: Final = 2 * _GIB
#: Days after which a backup is an old one.
_OLD: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `line` is what to type where something is to be done."""

    code: str
    level: Literal["good", "mind", "bad"]
    data: Mapping[str, str | int] = field(default_factory=dict)
    line: str = ""


def checked(
    settings: Settings, service: Service, *, forwarded: bool = False
) -> tuple[Finding, ...]:
    """All that can be looked at from within.

    Args:
        settings: Of this installation.
        service: What it serves.
        forwarded: Whether the present request came by a proxy.
    """
    return (
        *_reach(settings),
        *_line(settings),
        *_proxy(settings, forwarded),
        _clock(service),
        *_space(settings),
        _database(service),
        *_backup(settings, service),
    )


def firewall_lines(port: int) -> tuple[tuple[str, str], ...]:
    """For each firewall that schools have: its name, and the line that lets phones through."""
    return (
        ("ufw (Ubuntu, Debian)", f"sudo ufw allow {port}/tcp"),
        (
            "firewalld (openEuler, Kylin, CentOS)",
            f"sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload",
        ),
        (
            "Windows",
            "netsh advfirewall firewall add rule name=Cycles dir=in action=allow protocol=TCP "
            f"localport={port}",
        ),
    )


def _reach(settings: Settings) -> Iterator[Finding]:
    near = lan_addresses()
    if is_here(settings.host) and not settings.url:
        again = f"cycles serve --host 0.0.0.0 --port {settings.port}"
        yield Finding(code="here_alone", level="bad", line=again)
    elif is_here(settings.host):
        yield Finding(code="behind_proxy", level="good", data={"url": settings.url})
    else:
        yield Finding(
            code="listens", level="good", data={"host": settings.host, "port": settings.port}
        )
    if near:
        yield Finding(code="addresses", level="good", data={"addresses": ", ".join(near)})
    else:
        yield Finding(code="no_network", level="bad")


def _line(settings: Settings) -> Iterator[Finding]:
    if settings.is_https:
        yield Finding(code="https", level="good", data={"url": settings.url})
    else:
        yield Finding(code="plain", level="mind")


def _proxy(settings: Settings, forwarded: bool) -> Iterator[Finding]:
    if forwarded and not settings.proxies:
        yield Finding(code="proxy_unnamed", level="mind", line="CYCLES_PROXIES=127.0.0.1")
    elif settings.proxies:
        yield Finding(
            code="proxy_named", level="good", data={"proxies": ", ".join(settings.proxies)}
        )


def _clock(service: Service) -> Finding:
    """The time as the school's watches tell it: a server's own zone may be another."""
    try:
        zones = {school.zone for school in service.core.store.schools()}
    except StoreError:  # told by another finding
        zones = set()
    zone = zones.pop() if len(zones) == 1 else "UTC"
    local = in_zone(service.core.now(), zone)
    return Finding(code="clock", level="good", data={"now": f"{local:%Y-%m-%d %H:%M:%S} ({zone})"})


def _space(settings: Settings) -> Iterator[Finding]:
    place = settings.files
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        return
    data = {"free": f"{free / _GIB:.1f}", "place": str(Path(place).resolve())}
    yield Finding(code="space", level="good" if free > _LITTLE else "bad", data=data)


def _database(service: Service) -> Finding:
    try:
        service.health()
    except (StoreError, StoreUnavailableError) as error:
        return Finding(code="database_away", level="bad", data={"why": str(error)})
    return Finding(code="database", level="good")


def _backup(settings: Settings, service: Service) -> Iterator[Finding]:
    """How old the last backup is that was taken from a page; PostgreSQL has its own."""
    if not settings.database.startswith("sqlite"):
        return
    try:
        made = [
            service.upkeep.last_backup(operator_of(school.id))
            for school in service.core.store.schools()
        ]
    except StoreError:
        return  # told already
    last = max((at for at in made if at is not None), default=None)
    if last is None:
        yield Finding(code="backup_never", level="mind")
        return
    days = (service.core.now() - parse_instant(last)).days
    yield Finding(code="backup", level="good" if days <= _OLD else "mind", data={"days": days})
