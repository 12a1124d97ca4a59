"""The house stands as CONTRIBUTING says: layout, pins, make targets, purity."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = ("engine", "ledger", "school", "workflow")

#: Asking the clock, chance or the disk; an `import` is import-linter's business.
IMPURE_METHODS = {"now", "utcnow", "today", "uuid4", "uuid7"}
IMPURE_CALLS = {*IMPURE_METHODS, "open", "print", "input"}


def _own_files() -> list[Path]:
    """What is, or would be, committed: all that git does not ignore."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.fail("this test reads what git would commit; run it in a clone")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def _make_targets() -> dict[str, str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z]+):.*## (.+)$", text, flags=re.MULTILINE))


def _parsed(source: str) -> ast.AST:
    """The source's tree.

    CPython 3.11 fails at this with a SystemError where another thread, one of a server that an
    earlier test left to itself, does the same at the same moment.
    """
    for _ in range(10):
        with suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def _impure_calls(source: str) -> list[str]:
    """Calls in `source` that give something else each time, as `line: name`."""
    found = []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Call):
            # A method of such a name (`archive.open`) opens nothing; a bare call does.
            if isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
                found.append(f"{node.lineno}: {node.func.attr}")
            if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                found.append(f"{node.lineno}: {node.func.id}")
    return found


def test_no_file_names_a_package_registry() -> None:
    """Whoever mirrors the registry, or has none, needs to change nothing here."""
    # Written in two parts, so that this file passes its own test.
    hosts = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".", "--index" + "-url")
    files = _own_files()

    naming = [
        f"{path.relative_to(ROOT)} names {host}"
        for path in files
        for host in hosts
        if host.encode() in path.read_bytes()
    ]

    assert len(files) > 20
    assert naming == []


@pytest.mark.parametrize(
    "place",
    [
        "src/cycles/__init__.py",
        "src/cycles/py.typed",
        "api/cycles_api/__init__.py",
        "api/cycles_api/py.typed",
        "workflows",
        "tests",
        "docs/decisions",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        ".ci/run",
        "pyproject.toml",
    ],
)
def test_the_house_has_its_rooms(place: str) -> None:
    """Engine, definitions, web, tests and the papers are where people look for them."""
    assert (ROOT / place).exists()


def test_make_help_lists_every_target() -> None:
    """Whoever forgets a target finds it with `make help`, or `make` alone."""
    make = shutil.which("make")
    assert make is not None, "the Makefile is tested with make; install it"
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert phony is not None

    for call in ([make, "help"], [make]):
        told = subprocess.run(call, cwd=ROOT, capture_output=True, check=True, text=True).stdout

        listed = re.findall(r"^  ([a-z]+) +\S", told, flags=re.MULTILINE)
        assert set(listed) == set(phony.group(1).split()) == set(_make_targets())


def test_contributing_names_only_targets_there_are() -> None:
    """What CONTRIBUTING tells people to type exists."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.MULTILINE))

    assert {"setup", "check", "test"} <= named
    assert named <= set(_make_targets())


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "bench.txt", "mutation.txt"])
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    """What is installed today is what was tested."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()

    loose = [
        entry
        for entry in entries
        if not re.fullmatch(r"[a-z0-9-]+==\S+( ; [^#]+?)? +(--hash=sha256:[0-9a-f]{64} *)+", entry)
    ]

    assert len(entries) > 20
    assert loose == []


def test_what_pyproject_asks_for_is_pinned() -> None:
    """A dependency added to pyproject.toml but not to requirements/ is noticed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgres"],
    ]
    dev = [*run, *project["dependency-groups"]["dev"]]

    for wanted, name in ((run, "run.txt"), (dev, "dev.txt")):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE))
        asked = {re.split(r"[^A-Za-z0-9-]", need)[0].lower() for need in wanted}
        assert asked - pinned == set()


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_ask_neither_clock_nor_chance(package: str) -> None:
    """The same question gets the same answer, so what-if, replay and live agree."""
    sources = sorted((ROOT / "src" / "cycles" / package).rglob("*.py"))

    impure = [
        f"{path.relative_to(ROOT)}:{call}"
        for path in sources
        for call in _impure_calls(path.read_text(encoding="utf-8"))
    ]

    assert impure == []


def test_an_impure_call_would_be_seen() -> None:
    """The search above finds what it looks for."""
    assert _impure_calls("import datetime\nx = datetime.datetime.now(tz)\ny = open('z')") == [
        "2: now",
        "3: open",
    ]


def test_importing_starts_nothing() -> None:
    """Importing every module of the engine starts no thread, prints nothing and loads no web."""
    walk = """
import importlib, pkgutil, sys, threading
import cycles
for found in pkgutil.walk_packages(cycles.__path__, "cycles."):
    if ".migrations" not in found.name:
        importlib.import_module(found.name)
assert threading.active_count() == 1, threading.enumerate()
web = {"litestar", "uvicorn", "cycles_api"} & set(sys.modules)
assert not web, web
"""

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", walk], capture_output=True, check=False, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
