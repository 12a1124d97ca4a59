"""A school run by the command line alone: from no database to a log that verifies."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from cycles.errors import InvitationError
from cycles.service import Core
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.assembly import assembled
from cycles_api.cli.entry import run
from cycles_api.cli.exits import Exit
from cycles_api.cli.files import shipped_workflows
from cycles_api.demo import DemoSchool, build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.settings import Settings

Captured = pytest.CaptureFixture[str]
SCHOOL = ["--school", "yuxin", "--name", "育新小学", "--host", "yuxin.example", "--head", "吴若兰"]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where a school of one head was just made."""
    url = f"sqlite:///{tmp_path}/cycles.db"
    assert run(["--lang", "en", "init", "--database", url, *SCHOOL]) == Exit.DONE
    return url


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """A list as schools have them: a title, a number, a telephone column."""
    path = tmp_path / "staff.xlsx"
    rows = [
        ["育新小学教师名单"],
        ["序号", "姓名", "教研组", "组长", "联系电话"],
        [1, "宋明远", "数学教研组", "是", "13900000001"],
        [2, "刘思雨", "数学教研组", "", "13900000002"],
        [3, "钱慧", "语文教研组", "是", "13900000003"],
    ]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, DemoSchool]:
    """The database of the demo school, and what was built in it."""
    folder = tmp_path_factory.mktemp("demo")
    url, clock = f"sqlite:///{folder}/cycles.db", StoryClock()
    store = open_store(url, migrate=True)
    built = build_demo(Core(store, FileFolder(folder / "cycles-files"), clock=clock), clock)
    store.close()
    return url, built


def test_the_first_head_is_let_in(database: str, capsys: Captured) -> None:
    """By a code that is good once; nobody has a password before."""
    assert run(["let-in", "吴若兰", "--database", database]) == Exit.DONE
    lost = capsys.readouterr().out.strip()
    assert run(["let-in", "吴若兰", "--database", database, "--json"]) == Exit.DONE
    [made] = json.loads(capsys.readouterr().out)["codes"]
    unknown = run(["let-in", "宋明远", "--database", database])

    with assembled(Settings(database=database)) as service:
        opened = service.signing_in.redeem(made["code"], address="127.0.0.1", device="")
        with pytest.raises(InvitationError):
            service.signing_in.redeem(lost, address="127.0.0.1", device="")

    assert opened.signed.actor.person == made["person"]
    assert made["path"].startswith("/in/")
    assert unknown != Exit.DONE


def test_a_school_is_run_by_the_command_line(
    database: str, staff: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Made, its staff imported, a token given, exported, proven."""
    export = tmp_path / "export.zip"

    imported = run(["import", str(staff), "--database", database, "--json"])
    report = json.loads(capsys.readouterr().out)
    given = run(["token", "make", "宋明远", "--database", database])
    token = capsys.readouterr().out.strip()
    exported = run(["export", "-o", str(export), "--database", database])
    proven = run(["verify", str(export)])

    assert (imported, given, exported, proven) == (Exit.DONE,) * 4
    assert (report["persons"], report["groups"]) == (3, 2)
    assert {c["why"] for c in report["ignored_columns"]} >= {"phone"}
    assert token.startswith("cyc_")
    with zipfile.ZipFile(export) as packed:
        rows = map(json.loads, packed.read("payloads.jsonl").splitlines())
        kept = b"".join(base64.b64decode(row["payload"]) for row in rows)
    assert "宋明远".encode() in kept
    assert b"13900000001" not in kept


def test_init_again_changes_nothing(database: str, capsys: Captured) -> None:
    """After an upgrade it is run without a word about the school."""
    capsys.readouterr()

    ended = run(["--lang", "en", "init", "--database", database])

    assert ended == Exit.DONE
    assert capsys.readouterr().out == "School yuxin is there; nothing changed.\n"


def test_init_says_what_to_give(tmp_path: Path, capsys: Captured) -> None:
    """Nobody is asked where nobody sits."""
    ended = run(["init", "--database", f"sqlite:///{tmp_path}/new.db", "--school", "yuxin"])

    told = capsys.readouterr().err
    assert ended == Exit.USAGE
    assert "--name, --host, --head" in told


def test_a_list_with_a_wrong_row_is_not_imported(
    database: str, tmp_path: Path, capsys: Captured
) -> None:
    """Whole or not at all, unless the good rows alone are asked for."""
    path = tmp_path / "staff.csv"
    path.write_text("姓名,教研组\n宋明远,数学教研组\n,数学教研组\n", encoding="utf-8")

    refused = run(["--lang", "en", "import", str(path), "--database", database])
    told = capsys.readouterr()
    looked = run(["import", str(path), "--only-good", "--dry-run", "--database", database])
    taken = run(["import", str(path), "--only-good", "--database", database])
    undone = run(["import", "--undo", "--database", database])
    nothing = run(["import", "--undo", "--database", database])

    assert (refused, looked, taken, undone) == (Exit.FOUND, Exit.DONE, Exit.DONE, Exit.DONE)
    assert "A group but no name." in told.out
    assert "Nothing was imported" in told.err
    assert nothing == Exit.FOUND


def test_the_last_import_is_taken_back(database: str, staff: Path, capsys: Captured) -> None:
    """Nobody of the list is there afterwards."""
    run(["import", str(staff), "--database", database])
    undone = run(["import", "--undo", "--database", database])
    unknown = run(["token", "make", "宋明远", "--database", database])

    assert (undone, unknown) == (Exit.DONE, Exit.USAGE)
    assert "宋明远" in capsys.readouterr().err


def test_a_token_is_listed_and_taken_back(database: str, capsys: Captured) -> None:
    """Its text is shown once, its id as long as it is kept."""
    capsys.readouterr()
    run(["token", "make", "吴若兰", "--database", database, "--json"])
    made = json.loads(capsys.readouterr().out)["tokens"][0]

    revoked = run(["token", "revoke", made["id"], "--database", database])
    capsys.readouterr()
    run(["token", "list", "吴若兰", "--database", database, "--json"])

    told = capsys.readouterr().out
    assert revoked == Exit.DONE
    assert made["token"] not in told
    assert json.loads(told)["tokens"][0]["revoked_at"]


def test_tasks_are_told_in_sentences(demo: tuple[str, DemoSchool], capsys: Captured) -> None:
    """What is to be done, about which lesson."""
    ended = run(["--lang", "zh", "tasks", "马晓东", "--database", demo[0]])

    told = capsys.readouterr().out
    assert ended == Exit.DONE
    assert "《百分数的意义》" in told
    assert "三个一" in told


@pytest.mark.parametrize(
    ("story", "mark"),
    [("late", "补录"), ("typed", "代刘思雨录"), ("waived", "特批"), ("finished", "已归档")],
)
def test_history_marks_what_an_auditor_looks_for(
    story: str, mark: str, demo: tuple[str, DemoSchool], capsys: Captured
) -> None:
    """A line an entry; late, typed for another, waived and the new state stand in it."""
    ended = run(["--lang", "zh", "history", demo[1].cycles[story], "--database", demo[0]])

    assert ended == Exit.DONE
    assert mark in capsys.readouterr().out


def test_the_demo_school_verifies(demo: tuple[str, DemoSchool]) -> None:
    """Its log was made by real commands."""
    assert run(["verify", "--database", demo[0]]) == Exit.DONE


def test_nobody_is_erased_by_accident(database: str, staff: Path, capsys: Captured) -> None:
    """Without a terminal it takes `--yes`; afterwards the name is gone, the log still proves."""
    run(["import", str(staff), "--database", database])

    kept = run(["erase", "刘思雨", "--database", database])
    gone = run(["erase", "刘思雨", "--yes", "--database", database])
    again = run(["erase", "刘思雨", "--yes", "--database", database])

    assert (kept, gone, again) == (Exit.FOUND, Exit.DONE, Exit.USAGE)
    assert run(["verify", "--database", database]) == Exit.DONE
    assert "刘思雨" in capsys.readouterr().err


def test_several_schools_want_a_name(database: str, capsys: Captured) -> None:
    """A command never guesses the school."""
    other = ["--school", "mingde", "--name", "明德小学", "--host", "m.example", "--head", "李四"]
    run(["init", "--database", database, *other])

    unsaid = run(["tasks", "吴若兰", "--database", database])
    said = run(["tasks", "吴若兰", "--database", database, "--school", "yuxin"])

    assert (unsaid, said) == (Exit.USAGE, Exit.DONE)
    assert "mingde, yuxin" in capsys.readouterr().err


def test_a_backup_comes_back_and_verifies(
    database: str, staff: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Into a new place only; what came back is checked and can be used."""
    run(["import", str(staff), "--database", database])
    new = f"sqlite:///{tmp_path}/new/cycles.db"
    (tmp_path / "new").mkdir()

    kept = run(["backup", str(tmp_path / "backup"), "--database", database])
    back = run(["restore", str(tmp_path / "backup"), "--database", new])
    used = run(["tasks", "宋明远", "--database", new])
    over = run(["restore", str(tmp_path / "backup"), "--database", new])

    assert (kept, back, used) == (Exit.DONE, Exit.DONE, Exit.DONE)
    assert over == Exit.DATABASE
    assert "Traceback" not in capsys.readouterr().err


def test_what_if_says_why_not_and_changes_nothing(
    demo: tuple[str, DemoSchool], tmp_path: Path, capsys: Captured
) -> None:
    """The blocked evaluation: refused, with what is missing and who can clear it."""
    trial, cycle = tmp_path / "try.json", demo[1].cycles["blocked"]
    ask = ["--lang", "zh", "what-if", cycle, str(trial), "--as", "宋明远", "--database", demo[0]]
    trial.write_text(
        '{"commands": [{"command": "advance", "transition": "finish_evaluating"}]}',
        encoding="utf-8",
    )

    refused = run(ask)
    told = capsys.readouterr().out
    trial.write_text('{"commands": [{"command": "fly"}]}', encoding="utf-8")
    unknown = run(ask)

    assert (refused, unknown) == (Exit.FOUND, Exit.FOUND)
    assert "三个一" in told
    assert "马晓东" in told


def test_a_school_stores_its_own_workflow_once(
    database: str, tmp_path: Path, capsys: Captured
) -> None:
    """A changed file is a new version, the same again changes nothing, the first one comes back.

    A faulty file stores nothing.
    """
    own, text = tmp_path / "own.yaml", shipped_workflows()["lesson-study"].read_text("utf-8")
    own.write_text(text.replace("课例研讨", "我校课例研讨"), encoding="utf-8")
    capsys.readouterr()

    first = run(["--lang", "en", "define", str(own), "--database", database])
    again = run(["--lang", "en", "define", str(own), "--database", database])
    own.write_text(text, encoding="utf-8")
    back = run(["--lang", "en", "define", str(own), "--database", database])
    told = capsys.readouterr().out.splitlines()
    own.write_text("states: {}", encoding="utf-8")
    faulty = run(["define", str(own), "--database", database])

    assert (first, again, back, faulty) == (Exit.DONE, Exit.DONE, Exit.DONE, Exit.FOUND)
    assert "a new version is stored" in told[0]
    assert "is the current one, nothing changed" in told[1]
    assert "is current again" in told[2]
