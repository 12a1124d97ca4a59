"""Faults put into the code on purpose, one at a time, to see whether the tests notice.

mutmut works on a copy: it makes every mutant of the packages that decide, that keep the log and
that say who may do and see what, finds out which of the fast tests run each function, and runs
just those against each mutant of a sample. `python -m tests.soak.mutation` prints what survived;
`python -m tests.soak.mutation cycles.engine.lamps cycles.ledger.looks` tries all of some modules.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Which mutants are drawn; another number draws others.
SEED = int(os.environ.get("CYCLES_TEST_SEED", "2026"))

#: In the copy both packages lie side by side, as mutmut knows one folder of sources.
MUTATED = (
    "src/cycles/engine/*.py",
    "src/cycles/ledger/*.py",
    "src/cycles/service/accesses.py",
    "src/cycles/service/actors.py",
    "src/cycles/service/guests.py",
    "src/cycles/service/looks.py",
    "src/cycles/service/samples.py",
    "src/cycles/service/tokens.py",
    "src/cycles_api/auth.py",
)
TESTS = (
    "tests/unit/engine",
    "tests/unit/ledger",
    "tests/unit/service/test_actors.py",
    "tests/unit/service/test_erasing.py",
    "tests/unit/service/test_guests.py",
    "tests/unit/service/test_inviting.py",
    "tests/unit/service/test_looks.py",
    "tests/unit/service/test_samples.py",
    "tests/unit/service/test_sessions.py",
    "tests/unit/service/test_setting_passwords.py",
    "tests/unit/service/test_signing_in.py",
    "tests/unit/service/test_throttle.py",
    "tests/unit/service/test_tokens.py",
    "tests/web/test_frame.py",
)
#: A new process for each mutant, from one that has run nothing: what the engine remembers of one
#: question would hide a fault in the answer.
_SETTINGS = f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = {json.dumps(MUTATED)}
also_copy = ["workflows", "requirements"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-k", "not postgresql and not sqlite"]
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
process_isolation = "forkserver"
use_git_change_detection = false
track_dependencies = false
"""
#: What mutmut's exit codes mean, where it is not that a test failed.
_ALIVE, _UNTESTED = {0: "survived"}, {5: "no test", 33: "no test"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sample of mutants.

    Attributes:
        made: How many mutants there are.
        tried: How many were tried.
        survived: The names of those that no test noticed, or that no test ran.
    """

    made: int
    tried: int
    survived: tuple[str, ...]

    @property
    def score(self) -> float:
        """The part that was noticed, in percent."""
        return 100 * (1 - len(self.survived) / self.tried)

    def __str__(self) -> str:
        found = self.tried - len(self.survived)
        return (
            f"{found} of {self.tried} mutants found ({self.score:.1f} %), of {self.made} that "
            f"there are, drawn with seed {SEED}"
        )


def sampled(many: int, folder: Path, *, modules: Iterable[str] = ()) -> Outcome:
    """Try so many mutants of the committed and uncommitted code, in a copy under `folder`.

    Args:
        many: How many; all that there are, where there are fewer.
        folder: Where the copy is made.
        modules: Only those of these modules; of all, if empty.
    """
    _copy(folder)
    first = "cycles.ledger.payload.x_commitment__mutmut_1"  # all are made before one is tried
    _mutmut(folder, [first])
    meant = tuple(f"{module}." for module in modules) or ("",)
    names = sorted(name for name in _exit_codes(folder) if name.startswith(meant))
    chosen = random.Random(SEED).sample(names, min(many, len(names)))
    _mutmut(folder, chosen)
    codes = _exit_codes(folder)
    alive = {**_ALIVE, **_UNTESTED}
    lost = [name for name in chosen if codes[name] is None]
    if lost:
        raise AssertionError(f"{len(lost)} mutants were never tried, {lost[0]} among them")
    survived = tuple(name for name in chosen if codes[name] in alive)
    return Outcome(made=len(names), tried=len(chosen), survived=survived)


def shown(folder: Path, names: Iterable[str]) -> str:
    """The change that each of these mutants is, as lines of a diff."""
    found = []
    for name in names:
        told = subprocess.run(
            [sys.executable, "-m", "mutmut", "show", name],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = [line for line in told.stdout.splitlines() if line[:1] in "+-@" and line[1:]]
        found.append("\n".join([f"# {name}", *lines[2:]]))
    return "\n\n".join(found)


def by_module(names: Iterable[str]) -> Counter[str]:
    """How many of these mutants are in each module."""
    return Counter(name.rpartition(".")[0] for name in names)


def _copy(folder: Path) -> None:
    for part in ("src", "tests", "workflows", "requirements"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    api = ROOT / "api" / "cycles_api"
    shutil.copytree(api, folder / "src" / api.name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(settings + _SETTINGS, encoding="utf-8")


def _mutmut(folder: Path, names: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={**os.environ, "HYPOTHESIS_MAX_EXAMPLES": "10", "CI": "1"},
    )  # fmt: skip
    if told.returncode:
        raise AssertionError(f"mutmut ended with {told.returncode}: {told.stdout[-2000:]}")


def _exit_codes(folder: Path) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for path in (folder / "mutants").rglob("*.meta"):
        found.update(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])
    return found


def main() -> None:
    """Print the score, and each mutant that survived: of a sample, or of the modules named."""
    modules = sys.argv[1:]
    many = int(os.environ.get("CYCLES_TEST_MUTANTS", "100000" if modules else "600"))
    with tempfile.TemporaryDirectory(prefix="cycles-mutants-") as folder:
        outcome = sampled(many, Path(folder), modules=modules)
        print(shown(Path(folder), outcome.survived))
    print(outcome)


if __name__ == "__main__":
    main()
