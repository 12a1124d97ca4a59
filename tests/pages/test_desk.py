"""The auditor's desk: the log searched, one entry's story, the check and the export."""

import io
import json
import re
import threading
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from playwright.sync_api import expect

from cycles.ledger import Finding
from cycles.service import operator_of, verifications
from cycles.service.reading_log import LogQuestion
from cycles_api.cli.entry import run
from tests.pages.forms import signed_in
from tests.pages.test_everybody import AXE, PAGES, RULES, SMALL, TOO_WIDE


@pytest.fixture
def auditor(shown):
    """The auditor's browser, without scripts."""
    with signed_in(shown, "du") as client:
        yield client


def _entries(page):
    """The entries of a list, each as its HTML."""
    listed = re.search(r'<ol class="log[^"]*">(.*?)</ol>', page, flags=re.DOTALL)
    return re.findall(r"<li>.*?</li>", listed.group(1), flags=re.DOTALL) if listed else []


@pytest.mark.parametrize("path", ["/desk", "/desk/verification"])
def test_the_desk_is_for_auditors_deputies_and_the_head(shown, path):
    """Whoever the service shows the log finds the desk; all others are refused, guests too."""
    for who, status in (("du", 200), ("zheng", 200), ("wu", 200), ("song", 403), ("shen", 403)):
        with signed_in(shown, who) as client:
            assert client.get(path).status_code == status, who


def test_nobody_else_is_shown_an_entry_or_the_way_to_the_desk(shown):
    """An entry's address opens for no teacher, and their pages do not speak of the desk."""
    with signed_in(shown, "ma") as client:
        blocked = shown.school.cycles["blocked"]
        assert client.get(f"/desk/entries/cycle/{blocked}/1").status_code == 403
        assert client.get("/desk/export").status_code == 403
        assert 'href="/desk"' not in client.get("/").text


def test_pages_lead_through_the_whole_log_once(shown, auditor):
    """Newest first, page by page, each entry of the school stands in the list exactly once."""
    seen, to = [], "/desk"
    while to:
        page = auditor.get(to).text
        seen += re.findall(r'href="(/desk/entries/[^"]+)"', page)
        older = re.search(r'href="(/desk\?cursor=[^"]+)"', page)
        to = older.group(1).replace("&amp;", "&") if older else ""

    looked_at = LogQuestion(looks=False)
    whole = shown.service.log.log(_operator(shown), looked_at, limit=10_000).entries
    assert len(seen) == len(set(seen)) == len(whole)


def _operator(shown):
    return operator_of(shown.school.school_id)


def _actor(shown):
    opened = shown.service.signing_in.demo_sign_in(
        shown.school.school_id, shown.school.people["du"], device="test"
    )
    return opened.signed.actor


@pytest.mark.parametrize(("mark", "word"), [("late", "补录"), ("typed", "代"), ("waived", "特批")])
def test_what_an_auditor_looks_for_is_found_and_marked_in_words(auditor, mark, word):
    """Late, typed for another, waived: the filter leaves these alone, and each says what it is."""
    found = _entries(auditor.get("/desk", params={"mark": mark}).text)

    assert found
    for entry in found:
        tags = " ".join(re.findall(r'<span class="tag amber">([^<]+)</span>', entry))
        assert word in tags


def test_person_cycle_and_act_narrow_the_list_together(shown, auditor):
    """Every condition that is given holds for each entry that is shown."""
    cycle = shown.school.cycles["blocked"]
    asked = {"person": shown.school.people["ma"], "cycle": cycle, "act": "file", "group": ""}

    found = _entries(auditor.get("/desk", params=asked).text)

    assert found
    for entry in found:
        assert f"/desk/entries/cycle/{cycle}/" in entry
        assert "<strong>马晓东</strong> 交了" in entry


def test_days_are_the_schools_and_the_last_one_counts(shown, auditor):
    """From a day until the same day: what was recorded on it on the school's clock, no more."""
    entry = shown.service.log.log(_actor(shown), LogQuestion(late=True)).entries[-1]
    day = shown.service.core.view(shown.school.school_id).calendar.local_date(
        datetime.fromisoformat(entry.at)
    )

    page = auditor.get("/desk", params={"since": f"{day}", "until": f"{day}"}).text

    found = _entries(page)
    assert f'href="/desk/entries/cycle/{entry.subj.removeprefix("cycle:")}/{entry.seq}"' in page
    assert all(f"<dd>{day.month}月{day.day}日" in each for each in found)


@pytest.mark.parametrize(
    "asked", [{"since": "2026-02-30"}, {"cursor": "x"}, {"mark": "other"}, {"until": "1-1-1"}]
)
def test_what_cannot_be_asked_is_said(auditor, asked):
    """A day that is none, a page that no list ever led to: 400, and nothing breaks."""
    assert auditor.get("/desk", params=asked).status_code == 400


def test_nothing_found_says_what_to_do(shown, auditor):
    """An empty answer is one, and says how to go on."""
    asked = {"act": "undo_import", "person": shown.school.people["ma"]}

    assert "没有找到" in auditor.get("/desk", params=asked).text


def test_a_late_entry_tells_its_whole_story(shown, auditor):
    """By whom, what it changed, both times, its number, its hash and the one before it."""
    entry = shown.service.log.log(_actor(shown), LogQuestion(late=True)).entries[0]
    cycle = entry.subj.removeprefix("cycle:")
    before = shown.service.log.entry(_actor(shown), entry.subj, entry.seq - 1).entry

    page = auditor.get(f"/desk/entries/cycle/{cycle}/{entry.seq}").text

    assert "补录" in page
    assert f"这条链的第 {entry.seq} 条" in page
    for said in (entry.leaf, before.leaf, entry.at):
        assert f"<code>{said}</code>" in page.replace("&#43;", "+")
    assert f'href="/cycles/{cycle}"' in page
    assert f'href="/desk/entries/cycle/{cycle}/{entry.seq - 1}"' in page


def test_every_entry_has_a_page(shown, auditor):
    """Whatever was done, by people, the server or an import: its story can be told."""
    acts = {}
    for entry in shown.service.log.log(_actor(shown), LogQuestion(), limit=1000).entries:
        acts.setdefault((entry.act, entry.content, bool(entry.for_)), entry)

    for entry in acts.values():
        kind, _, name = entry.subj.partition(":")
        answer = auditor.get(f"/desk/entries/{kind}/{name or '-'}/{entry.seq}")
        assert answer.status_code == 200, entry
        assert entry.leaf in answer.text


@pytest.mark.parametrize("number", ["0", "999", "x", "99999999999999999999"])
def test_an_entry_that_is_not_there_is_not_found(shown, auditor, number):
    """A number that no entry has is no failure."""
    blocked = shown.school.cycles["blocked"]

    assert auditor.get(f"/desk/entries/cycle/{blocked}/{number}").status_code in (400, 404)


def test_what_is_still_hidden_stays_so_on_the_desk(shown, auditor):
    """Of what the auditor may not read yet the desk says just that."""
    hidden = [
        e
        for e in shown.service.log.log(_actor(shown), LogQuestion(), limit=1000).entries
        if e.content == "withheld"
    ]
    for entry in hidden:
        name = entry.subj.removeprefix("cycle:")
        assert "内容现在还不能看" in auditor.get(f"/desk/entries/cycle/{name}/{entry.seq}").text


def test_the_check_says_what_was_checked_and_that_all_is_well(shown, visit):
    """One press checks every entry of the school; the page says how many, and how long it took."""
    page = visit(shown, "du", "/desk")
    page.get_by_role("link", name="核对全部日志").click()

    page.get_by_role("button", name="核对").click()

    expect(page.get_by_text("没有发现问题。")).to_be_visible(timeout=60_000)
    [made, *_] = shown.service.verifications.all(_operator(shown))
    assert made.found == 0
    expect(page.locator(".facts")).to_contain_text(f"{made.total} 条")
    expect(page.locator(".facts")).to_contain_text("秒")
    page.get_by_role("link", name="核对日志").click()
    expect(page.locator(".made li").first).to_contain_text("没有发现问题")


def _checked(shown, client):
    """The page of a check that was just asked for, once it has ended; and its address."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/verification").text)
    sent = client.post("/desk/verification", data={"csrf": csrf.group(1)}, follow_redirects=False)
    assert sent.status_code == 303
    address = sent.headers["location"]
    shown.service.verifications.wait(address.rsplit("/", 1)[1], 60)
    return client.get(address).text, address


def test_a_finding_is_told_in_words_and_leads_to_its_entry(shown, auditor, monkeypatch):
    """What a check finds stands as a sentence, with the entry where it was found, also later."""
    subj = f"cycle:{shown.school.cycles['blocked']}"
    check = verifications.verify_in
    found = (
        Finding(code="chain_broken", subj=subj, seq=2, follows=True),
        Finding(code="entry_without_cycle", subj=subj),
        Finding(code="gap"),
    )
    monkeypatch.setattr(
        verifications,
        "verify_in",
        lambda *at, **said: replace(check(*at, **said), findings=found, more=3),
    )

    page, address = _checked(shown, auditor)

    assert "与前一条接不上" in page
    assert "《百分数的意义》 · 第 2 条" in page
    assert f'href="/desk/entries/{subj.replace(":", "/")}/2"' in page
    assert f'href="{shown.cycle("blocked")}">《百分数的意义》<' in page
    assert "编号不连续" in page
    assert "还有 3 个问题" in page
    assert "没有发现问题。" not in page
    listed = auditor.get("/desk/verification").text
    assert f'href="{address}"' in listed
    assert "6 个问题" in listed


def test_at_home_an_export_is_checked_against_the_ends_of_a_check(shown, auditor, tmp_path):
    """The line that the page says, with the two files that it links to, finds nothing wrong."""
    page, address = _checked(shown, auditor)
    command = re.search(r"<pre[^>]*>(cycles verify [^<]+)</pre>", page).group(1)
    heads, export = auditor.get(f"{address}/heads.json"), auditor.get("/desk/export")
    name, log = (
        re.search(r'filename="([^"]+)"', sent.headers["content-disposition"]).group(1)
        for sent in (heads, export)
    )
    (tmp_path / name).write_bytes(heads.content)
    (tmp_path / log).write_bytes(export.content)

    [program, *said] = command.split()
    said = [str(tmp_path / word) if "." in word else word for word in said]

    assert program == "cycles"
    assert run(said) == 0
    assert sha256(heads.content).hexdigest() in page
    cut = json.loads(heads.content)
    subj = f"cycle:{shown.school.cycles['blocked']}"
    cut[subj][0] += 1
    (tmp_path / name).write_text(json.dumps(cut))
    assert run(said) == 1


def test_a_check_that_runs_keeps_nobody_waiting(shown, auditor, monkeypatch):
    """Its page says how far it is, and the list leads there; nobody begins a second one."""
    goes_on = threading.Event()
    read = verifications._Run._read

    def slow(run):
        run._reached(30, 120)
        goes_on.wait(60)
        read(run)

    monkeypatch.setattr(verifications, "_EVERY_S", 0.01)
    monkeypatch.setattr(verifications._Run, "_read", slow)
    monkeypatch.setattr("cycles_api.pages.desk.verifications._PATIENCE_S", 0.2)
    csrf = re.search(r'name="csrf" value="([^"]+)"', auditor.get("/desk/verification").text)
    try:
        page = auditor.post("/desk/verification", data={"csrf": csrf.group(1)}).text
        listed = auditor.get("/desk/verification").text
    finally:
        goes_on.set()

    assert "已核对 30 条，共 120 条" in page
    assert "checking.js" in page
    assert "正在核对，看看进行到哪里" in listed
    assert "现在核对</button>" not in listed
    [running, *_] = shown.service.verifications.all(_operator(shown))
    shown.service.verifications.wait(running.id, 60)


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("zh", "dark", 320), ("en", "light", 1920)]
)
def test_everybody_can_read_what_a_check_found(shown, auditor, look, language, scheme, width):
    """Nothing is cut off or too small to press, on the list and on a check; axe is content."""
    _, address = _checked(shown, auditor)
    page = look(shown, "wu", color_scheme=scheme)
    page.context.add_cookies([{"name": "cycles_lang", "value": language, "url": shown.url}])
    page.set_viewport_size({"width": width, "height": 800})

    for path in ("/desk/verification", address):
        page.goto(path)
        assert page.evaluate(TOO_WIDE) <= 0
        assert page.evaluate(SMALL) == []
        page.evaluate(AXE)
        found = page.evaluate(f"axe.run({RULES})")
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []


def test_no_check_is_found_under_another_address(auditor):
    """An address that names none is a page that says so."""
    none = "/desk/verification/01a04258-8a70-729c-b1e9-cffb428810d2"
    assert auditor.get(none).status_code == 404
    assert auditor.get(f"{none}/heads.json").status_code == 404


def test_the_export_is_the_zip_that_anybody_can_check(auditor):
    """A download with entries, contents and manifest, as the API sends it."""
    answer = auditor.get("/desk/export")

    named = r'attachment; filename="cycles-log-demo-\d{4}-\d\d-\d\d\.zip"'
    assert re.fullmatch(named, answer.headers["content-disposition"])
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {"entries.jsonl", "payloads.jsonl", "manifest.json"} <= set(names)


def test_an_auditor_finds_a_late_record_on_the_phone(shown, visit):
    """Filter, open, go to the one before: by names that everybody reads."""
    page = visit(shown, "du", "/desk")
    page.get_by_text("查找和筛选").click()
    page.get_by_label("补录").check()
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".sifted")).to_contain_text("补录")

    page.locator(".log li a").first.click()

    expect(page.get_by_text("本人说的日期")).to_be_visible()
    page.get_by_role("link", name="前一条").click()
    expect(page.get_by_role("heading", name="在链上的位置")).to_be_visible()


def test_a_look_stands_on_the_page_of_looks_for_the_deputy_and_the_head(shown, auditor):
    """Whose look it was and at what; the desk's own list is not buried under looks."""
    finished = shown.school.cycles["finished"]
    auditor.get(f"/cycles/{finished}")
    desk = auditor.get("/desk").text

    for who in ("zheng", "wu"):
        with signed_in(shown, who) as client:
            page = client.get("/desk/looks").text
        [look, *_] = [each for each in _entries(page) if "看了一个研讨" in each]
        assert "<strong>杜衡</strong>" in look
        assert f'href="/cycles/{finished}"' in look
    assert "看了一个研讨" not in "".join(_entries(desk))


def test_a_teacher_reads_no_looks_and_draws_no_sample(shown):
    """Neither is for those who do not read the log."""
    with signed_in(shown, "ma") as client:
        assert client.get("/desk/looks").status_code == 403
        assert client.get("/desk/sample").status_code == 403


def test_a_sample_has_an_address_that_gives_it_again(shown, auditor):
    """A seed is given where none is brought; then address and list stay the same."""
    first = auditor.get("/desk/sample", params={"size": 4, "of": "entries"}, follow_redirects=True)
    again = auditor.get(str(first.url))

    drawn = re.findall(r'<p><a href="(/desk/entries/cycle/[^"]+)"', first.text)
    assert len(drawn) == 4
    assert re.findall(r'<p><a href="(/desk/entries/cycle/[^"]+)"', again.text) == drawn
    assert "seed=" in str(first.url)
    assert "cycles sample export.zip --of entries --seed " in first.text


def test_what_cannot_be_drawn_is_said_beside_its_field(auditor):
    """Nothing typed is lost."""
    asked = {"size": "900", "seed": "两个 字", "since": "2026-02-30"}
    page = auditor.get("/desk/sample", params=asked)

    assert page.status_code == 200
    for name in ("size", "seed", "since"):
        assert f'id="{name}-e"' in page.text
    assert 'value="900"' in page.text
    assert 'value="两个 字"' in page.text


def test_the_conditions_of_an_entry_are_those_of_its_own_step(shown, auditor):
    """Several steps ask whether something was filed; the story says what this one asked for."""
    blocked = shown.school.cycles["blocked"]
    page = auditor.get(f"/desk/entries/cycle/{blocked}/4").text

    [conditions] = re.findall(r"当时看过的条件</h3>\s*<dl[^>]*>(.*?)</dl>", page, flags=re.DOTALL)
    assert "说课" in conditions
    assert "报课" not in conditions


#: What an auditor's browser asks for that shows nobody else's work.
NO_LOOKS = {
    *("sign-in", "invitation", "next-steps", "nothing-to-do", "open", "account", "parts", "tried"),
    *("school", "staff", "person", "groups", "calendar", "workflows", "workflow", "workflow-read"),
    # Forms: nothing is drawn or checked yet.
    *("desk-draw", "desk-check"),
}


def test_whatever_page_an_auditor_opens_leaves_its_look(shown, auditor, monkeypatch):
    """Each page that tells of a cycle, a list or the log, and each file; others leave none."""
    monkeypatch.setattr("cycles.service.looks._SAME", timedelta(0))
    paths = {name: path for name, (_, path) in PAGES.items()}
    paths |= {"wide": "/coverage.xlsx", "year": "/plan.xlsx", "zip": "/desk/export"}
    paths |= {"drawn": "/cycles/{blocked}/picture"}

    def looks():
        asked = LogQuestion(looks=True)
        return len(shown.service.log.log(_operator(shown), asked, limit=10_000).entries)

    silent = set()
    for name, path in paths.items():
        before = looks()
        answer = auditor.get(path.format(**shown.school.cycles, **shown.school.people))
        if answer.status_code == 200 and looks() == before:
            silent.add(name)

    assert silent <= NO_LOOKS
    assert looks() > 30
