"""`cycles check` without a file looks at the installation itself."""

from __future__ import annotations

import json

from cycles_api.assembly import assembled
from cycles_api.cli.entry import run
from cycles_api.settings import Settings


def test_the_installation_says_whether_phones_reach_it(tmp_path, capsys, monkeypatch):
    """In Chinese, with the lines to type; exit code 1 where something keeps phones out."""
    monkeypatch.delenv("CYCLES_HOST", raising=False)
    database = f"sqlite:///{tmp_path / 'cycles.db'}"
    with assembled(Settings(database=database, files=tmp_path / "files"), migrate=True):
        pass

    assert run(["--lang", "zh", "check", "--database", database]) == 1
    told = capsys.readouterr().out
    assert "手机连不上" in told
    assert "cycles serve --host 0.0.0.0 --port 8000" in told
    assert "sudo ufw allow 8000/tcp" in told

    assert run(["check", "--database", database, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["found"]
    assert {"here_alone", "database"} <= {each["code"] for each in found}
