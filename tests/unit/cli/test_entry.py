"""The frame of the command line: help that teaches, exit codes, sentences instead of tracebacks."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from cycles import errors
from cycles.errors import ConflictError, CyclesError, SettingsError, StoreUnavailableError
from cycles_api.cli import entry
from cycles_api.cli.entry import COMMANDS, cycles, run
from cycles_api.cli.exits import Exit, exit_of
from cycles_api.cli.teaching import Taught
from cycles_api.cli.terminal import Terminal


def commands() -> Iterator[tuple[str, Taught]]:
    """Every command, as it is found on the command line."""
    for name in COMMANDS:
        command = cycles.get_command(click.Context(cycles), name)
        assert isinstance(command, Taught), f"{name} does not teach"
        yield name, command


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Have `cycles check` fail with this."""

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(dict(commands())["check"], "callback", failing)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_teaches(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` says what it does in both languages, and shows lines to copy."""
    ended = run([name, "--help"])

    told = capsys.readouterr().out
    assert ended == Exit.DONE
    assert f"cycles {name}" in told
    assert "Examples:" in told
    assert any("一" <= c <= "鿿" for c in told.splitlines()[2])


@pytest.mark.parametrize(
    ("name", "line"), [(n, line) for n, command in commands() for line, _ in command.examples]
)
def test_each_example_is_a_call_that_works(name: str, line: str) -> None:
    """The lines to copy have the options that there are."""
    first, *words = shlex.split(line)

    assert first == "cycles"
    assert words.pop(0) == name
    command = dict(commands())[name]
    with command.make_context(name, words, obj=Terminal("en")) as context:
        assert context.params is not None


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """A script's author finds every number and its meaning."""
    run(["--help"])

    told = capsys.readouterr().out
    assert all(f"  {code.value} " in told and code.meaning in told for code in Exit)
    assert all(f"  {name} " in told for name in COMMANDS)


@pytest.mark.parametrize("words", [["nonsense"], ["diagram"], ["check", "--nonsense", "x"]])
def test_a_call_that_cannot_be_meant_is_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong command, a missing argument, a wrong option: said on standard error."""
    ended = run(words)

    told = capsys.readouterr()
    assert ended == Exit.USAGE
    assert told.out == ""
    assert "--help" in told.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConflictError("taken"), Exit.FOUND),
        (SettingsError("CYCLES_PORT is a whole number"), Exit.USAGE),
        (StoreUnavailableError("the disk is full"), Exit.DATABASE),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (RuntimeError("private"), Exit.FAILED),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence_and_a_number(
    error: BaseException,
    code: Exit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Never a traceback; and whoever runs the programme is told what the inside said."""
    monkeypatch.delenv("CYCLES_DEBUG", raising=False)
    raising(monkeypatch, error)

    ended = run(["--lang", "en", "check", "x"])

    told = capsys.readouterr()
    assert ended == code
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1
    assert "Traceback" not in told.err
    if isinstance(error, (SettingsError, StoreUnavailableError)):
        assert str(error) in told.err
    if isinstance(error, RuntimeError):
        assert "private" not in told.err
        assert "test_entry.py" in told.err


def test_debugging_shows_the_whole_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever maintains the programme can ask for it."""
    monkeypatch.setenv("CYCLES_DEBUG", "1")
    raising(monkeypatch, RuntimeError("private"))

    with pytest.raises(RuntimeError):
        run(["check", "x"])


@pytest.mark.parametrize("spoken", [["--lang", "zh"], ["check", "--lang", "zh"]])
def test_the_language_may_stand_before_or_after_the_command(
    spoken: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--lang` is found wherever people put it."""
    raising(monkeypatch, ConflictError("taken"))
    words = spoken if "check" in spoken else [*spoken, "check"]

    run([*words, "x"])

    assert "矛盾" in capsys.readouterr().err


def test_every_error_has_an_exit_code() -> None:
    """Each class of the tree ends in a number that `--help` explains."""
    kinds, left = [], [CyclesError]
    while left:
        kinds.append(left.pop())
        left += kinds[-1].__subclasses__()

    found = {kind: exit_of(kind.__new__(kind)) for kind in kinds}

    assert found[errors.SchemaMismatchError] == Exit.DATABASE
    assert found[errors.WorkflowFileError] == Exit.FOUND
    assert found[CyclesError] == Exit.FAILED
    assert all(code != Exit.DONE for code in found.values())


def _process(words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """The programme as a process of its own, in an environment that knows ASCII only."""
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", **more}
    line = [sys.executable, "-c", "from cycles_api.cli import main; main()", *shlex.split(words)]
    return subprocess.run(line, capture_output=True, env=environment, check=False)


def test_it_speaks_utf_8_into_pipes() -> None:
    """A computer that only knows ASCII is no reason to fail over a Chinese title."""
    done = _process("diagram lesson-study --lang zh")

    assert (done.returncode, done.stderr) == (0, b"")
    assert "说课" in done.stdout.decode()


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    """`cycles … | head` ends quietly."""
    line = f"{shlex.quote(sys.executable)} -c 'from cycles_api.cli import main; main()' schema"
    script = f"{line} | head -c 10 >/dev/null; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_help_is_quick() -> None:
    """`cycles --help` reads neither the web server nor the database."""
    code = (
        "import sys; from cycles_api.cli.entry import run; run(['--help']); "
        "print(sorted({'litestar', 'uvicorn', 'sqlalchemy', 'transitions'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout.splitlines()[-1] == "[]"
    assert entry.COMMANDS is COMMANDS
