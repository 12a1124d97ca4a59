"""Keeping it running: phones are seen to reach it, and a backup is one press away."""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from cycles.service import operator_of
from cycles.service.backups import restore
from cycles_api import self_check
from cycles_api.app import create_app
from cycles_api.assembly import assembled
from cycles_api.pages.school import upkeep
from cycles_api.reaching import url_for_phones
from cycles_api.self_check import checked
from cycles_api.serving import server_of
from cycles_api.settings import Settings


@pytest.fixture
def kept(tmp_path):
    """A school in a SQLite file behind a server, and its head's browser."""
    database = f"sqlite:///{tmp_path / 'cycles.db'}"
    settings = Settings(database=database, files=tmp_path / "files", threads=4)
    with (
        assembled(settings, migrate=True) as service,
        socket.create_server(("127.0.0.1", 0)) as line,
    ):
        head = service.schools.create("yuxin", "育新小学", "Asia/Shanghai", "cycles.test", "吴若兰")
        code = service.signing_in.let_in_again(operator_of("yuxin"), head.head).code
        server = server_of(create_app(settings, service), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]})
        thread.start()
        url = f"http://127.0.0.1:{line.getsockname()[1]}"
        try:
            with httpx.Client(base_url=url, headers={"Accept": "text/html"}, timeout=60) as client:
                client.post("/in", data={"code": code, "next": "/"})
                yield client, service
        finally:
            server.should_exit = True
            thread.join()


def _csrf(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/school/backup").text)[1]


def test_a_backup_is_downloaded_and_brings_everything_back(kept, tmp_path):
    """The zip is what `cycles restore` takes; the log is sound, and names who took it."""
    client, service = kept
    assert "还没有在这里备份过" in client.get("/school/backup").text

    answer = client.post("/school/backup", data={"csrf": _csrf(client)})

    assert answer.headers["content-type"] == "application/zip"
    (tmp_path / "taken.zip").write_bytes(answer.content)
    back = restore(tmp_path / "taken.zip", f"sqlite:///{tmp_path / 'back.db'}", tmp_path / "back")
    assert [report.findings for report in back.values()] == [()]
    assert "上一次在这里备份" in client.get("/school/backup").text
    assert "备份是 0 天前" in client.get("/school/check").text
    entries = service.core.store.read("yuxin", lambda work: work.entries("school"))
    assert b'"act":"back_up"' in entries[-1].body


def test_the_clock_is_told_as_the_schools_watches_tell_it(kept, monkeypatch):
    """Wherever the server stands and whatever zone it was given."""
    client, service = kept
    monkeypatch.setattr(service.core, "now", lambda: datetime(2026, 11, 25, 16, 30, tzinfo=UTC))

    assert "2026-11-26 00:30:00 (Asia/Shanghai)" in client.get("/school/check").text


def test_the_head_of_a_new_school_is_led_to_what_comes_first(kept):
    """The first page is not an empty one: it leads to the few things that are to be done."""
    client, _ = kept

    home, school = client.get("/").text, client.get("/school").text

    assert 'class="button" href="/school"' in home
    assert '<a href="/me">给自己设一个密码</a>' in school


def test_no_school_takes_another_home(kept):
    """Where several are kept, a page offers no backup and makes none, also without being asked."""
    client, service = kept
    token = _csrf(client)
    service.schools.create("second", "第二小学", "Asia/Shanghai", "cycles.test", "李明")

    page = client.get("/school/backup").text
    answer = client.post("/school/backup", data={"csrf": token})

    assert "现在备份并下载" not in page
    assert "不止一所学校" in page
    assert answer.status_code == 409
    assert "不止一所学校" in answer.text


def test_where_no_backup_can_be_made_it_is_said(school, reads):
    """A database that is not copied here: the reason, and no entry of a backup."""
    head = reads(school, "wu")

    answer = head.post("/school/backup")

    assert answer.status_code == 503
    assert 'role="alert"' in answer.text
    assert "还没有在这里备份过" in head.get("/school/backup").text


@pytest.mark.parametrize("who", ["zheng", "song", "ma", "du", "shen"])
def test_upkeep_is_for_the_head_and_the_administrator(shown, reads, who):
    """Nobody else learns of the machine, or takes everything home."""
    reader = reads(shown, who)

    assert reader.get("/school/check").status_code == 403
    assert reader.get("/school/backup").status_code == 403
    assert reader.post("/school/backup").status_code == 403


def test_a_phone_that_tried_is_seen(shown, reads, monkeypatch):
    """What a phone opens needs no signing in; the page shows it. The server's own visit is none."""
    assert "服务器自己的浏览器" in reads(shown).get("/try").text
    assert "还没有手机连上" in reads(shown, "wu").get("/school/check").text

    monkeypatch.setattr(upkeep, "is_here", lambda host: False)
    assert "这台设备连得上" in reads(shown).get("/try").text

    assert "127.0.0.1 连上了" in reads(shown, "wu").get("/school/check").text


def test_what_stands_in_the_way_comes_with_the_line_to_type(shown, monkeypatch):
    """Listening to itself alone, without a network, on a full disk, behind a nameless proxy."""
    monkeypatch.setattr(self_check, "lan_addresses", lambda: ())
    full = type("Usage", (), {"free": 1024})
    monkeypatch.setattr(self_check.shutil, "disk_usage", lambda _: full)

    found = {f.code: f for f in checked(Settings(), shown.service, forwarded=True)}

    assert found["here_alone"].line == "cycles serve --host 0.0.0.0 --port 8000"
    bad = {code for code, f in found.items() if f.level == "bad"}
    assert bad == {"here_alone", "no_network", "space"}
    assert found["proxy_unnamed"].line.startswith("CYCLES_PROXIES=")
    assert found["plain"].level == "mind"


def test_a_sound_installation_has_nothing_to_mend(shown, monkeypatch):
    """With https behind a proxy that is named, all is well."""
    monkeypatch.setattr(self_check, "lan_addresses", lambda: ("192.168.1.5",))
    settings = replace(Settings(), url="https://cycles.school.example", proxies=("10.0.0.2/32",))

    found = checked(settings, shown.service, forwarded=True)

    own = {"space", "backup_never"}
    assert {f.level for f in found if f.code not in own} == {"good"}


def test_the_qr_leads_phones_to_the_network_and_not_to_themselves(monkeypatch):
    """Asked for as localhost, the address in a QR is that of the school's network."""
    monkeypatch.setattr("cycles_api.reaching.lan_addresses", lambda: ("192.168.1.5",))
    open_to_all = Settings(host="0.0.0.0")

    assert url_for_phones(open_to_all, "localhost:8000") == "http://192.168.1.5:8000"
    assert url_for_phones(Settings(), "127.0.0.1:8000") == "http://127.0.0.1:8000"
