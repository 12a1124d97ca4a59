"""By which addresses other devices reach this server."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from cycles_api.settings import Settings

__all__ = ["host_of", "is_here", "lan_addresses", "listens_for_others", "url_for_phones"]

#: For documentation alone (RFC 5737): nothing is sent there, the system only says by which way.
_ELSEWHERE: Final = ("192.0.2.1", 9)


def lan_addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this computer in its networks, the one used most first."""
    found: list[str] = []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.connect(_ELSEWHERE)
            found.append(line.getsockname()[0])
    except OSError:
        pass  # no network at all
    try:
        named = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += [str(each[4][0]) for each in named]
    except OSError:
        pass  # its own name is not known: the first way may have told enough
    return tuple(dict.fromkeys(each for each in found if not is_here(each)))


def host_of(asked: str) -> tuple[str, int | None]:
    """Name and port in a `Host` header; no name where it is none that a browser would send.

    >>> host_of("cycles.school:8000"), host_of("[::1]"), host_of("["), host_of("school:x")
    (('cycles.school', 8000), ('::1', None), ('', None), ('', None))
    """
    try:
        parts = urlsplit(f"//{asked}")
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None


def is_here(host: str) -> bool:
    """Whether a name or an address means the computer itself.

    >>> is_here("localhost"), is_here("127.0.0.1"), is_here("192.168.1.5"), is_here("0.0.0.0")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def listens_for_others(settings: Settings) -> bool:
    """Whether other computers are answered: by a network's address, or by a proxy with a URL."""
    return not is_here(settings.host) or bool(settings.url)


def url_for_phones(settings: Settings, asked: str) -> str:
    """Where a phone of the school reaches this server.

    Args:
        settings: Of this installation.
        asked: The host that the present browser asked for, with its port.

    >>> url_for_phones(Settings(url="https://cycles.school.example"), "127.0.0.1:8000")
    'https://cycles.school.example'
    >>> url_for_phones(Settings(), "192.168.1.5:8000")
    'http://192.168.1.5:8000'
    """
    if settings.url:
        return settings.url
    name, port = host_of(asked)
    if name and not is_here(name):
        return f"http://{asked}"
    near = lan_addresses() if listens_for_others(settings) else ()
    if name and not near:
        return f"http://{asked}"
    return f"http://{near[0] if near else '127.0.0.1'}:{port or settings.port}"
