"""The booklet: what a school prints, signs and files, as Chromium puts it on paper."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.pages.forms import form_of, signed_in

#: A4 at 96 px an inch, less the margins: what a page of the booklet has room for.
PAPER = {"width": 658, "height": 964}


def _outline(pdf):
    """The headings in the order of the document, as the PDF's own outline has them."""
    there = {}
    pattern = rb"(\d+) 0 obj\s*<</Title <FEFF([0-9A-F]+)>(.*?)>>\s*endobj"
    for number, title, rest in re.findall(pattern, pdf, flags=re.DOTALL):
        said = bytes.fromhex(title.decode()).decode("utf-16-be")
        there[number] = said, dict(re.findall(rb"/(First|Next) (\d+) 0 R", rest))
    found, ahead = [], [re.search(rb"/Type /Outlines\s*/First (\d+) 0 R", pdf).group(1)]
    while ahead:
        said, leads = there.get(ahead.pop(), ("", {}))
        found.append(said)
        ahead += [leads[name] for name in (b"Next", b"First") if name in leads]
    return found


def _pages(pdf):
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize(("name", "who"), [("finished", "zheng"), ("blocked", "song")])
def test_chromium_prints_cover_contents_records_and_signatures(shown, visit, name, who):
    """A4; a page for cover and contents, then every chapter on a new one, in order."""
    page = visit(shown, who, f"{shown.cycle(name)}/booklet")
    chapters = page.locator(".contents > ol > li").count()

    pdf = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)

    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf
    promised = page.locator(".contents a").all_inner_texts()
    plain = [re.sub(r"\s+", "", text) for text in _outline(pdf)]
    places = [plain.index(re.sub(r"\s+", "", text)) for text in promised]
    assert places == sorted(places)
    assert _pages(pdf) >= 2 + chapters
    if name == "finished":
        assert _pages(pdf) < 40


def test_no_table_is_cut(shown, visit):
    """None is wider than the paper, no row is taller; rows stay whole, and titles are repeated."""
    page = visit(shown, "zheng", f"{shown.cycle('finished')}/booklet", viewport=PAPER)
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    rows = page.evaluate(
        """[...document.querySelectorAll(".booklet tr")].map(row => [
          row.getBoundingClientRect().height, getComputedStyle(row).breakInside])"""
    )
    assert max(height for height, _ in rows) < PAPER["height"] / 2
    assert {kept for _, kept in rows} == {"avoid"}
    heads = page.evaluate(
        """[...document.querySelectorAll(".booklet .rows thead")].map(head =>
          getComputedStyle(head).display)"""
    )
    assert set(heads) == {"table-header-group"}


def test_what_is_around_the_page_is_not_printed(shown, visit):
    """Neither bars nor buttons: paper has the booklet alone."""
    page = visit(shown, "zheng", f"{shown.cycle('finished')}/booklet")
    page.emulate_media(media="print")

    for around in (".top", ".foot", ".strip", ".noprint"):
        assert not page.locator(around).first.is_visible()
    assert page.locator(".cover").is_visible()


def test_one_press_prints(shown, visit):
    """From the cycle's page the print dialogue opens by itself; once."""
    page = visit(shown, "zheng", shown.cycle("finished"))
    page.context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")

    page.get_by_role("link", name="打印成册").click()

    expect(page.get_by_role("heading", name="目录")).to_be_visible()
    page.wait_for_function("window.printed === 1")
    page.get_by_role("button", name="打印").click()
    page.wait_for_function("window.printed === 2")


def test_it_holds_what_a_school_files(shown):
    """Cover, observations by the minute, who was there, every version of the plan, answers."""
    with signed_in(shown, "zheng") as zheng:
        page = zheng.get(f"{shown.cycle('finished')}/booklet").text

    for there in (
        "育新小学",
        "目录",
        "听课记录 · 马晓东",
        "09:42",
        "教案 · 第 1 版",
        "教案 · 第 2 版",
        "意见与答复",
        "以后再改",
        "活动记录",
        "签字",
        "教研组长签字",
        "学校（盖章）",
        "最后一条的指纹",
        "郑立群打印",
    ):
        assert there in page, there
    assert "打印时研讨还在进行" not in page


def test_it_holds_what_its_reader_may_read_and_nothing_else(shown):
    """Before they are shown, a colleague's three ones stand in no booklet but their own."""
    with signed_in(shown, "song") as song, signed_in(shown, "he") as he:
        own = song.get(f"{shown.cycle('blocked')}/booklet").text
        others = he.get(f"{shown.cycle('blocked')}/booklet").text

    said = "素材贴近学生"
    assert said in own
    assert said not in others
    assert "打印时研讨还在进行" in others


def _docx(*paragraphs):
    """A small Word file."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        document = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        parts.writestr("word/document.xml", document)
    return made.getvalue()


def test_a_plan_that_is_a_word_file_is_printed_in_words(school):
    """Its name, the beginning of its hash, and what it says; the page is still one of paper."""
    cycle = school.cycle("preparing")
    with signed_in(school, "he") as he:
        to = f"{cycle}/records/lesson_plan"
        file = ("扇形 第一版.docx", _docx("教学目标:认识扇形", "教学过程:先折再剪"))
        sent = form_of(he.get(to).text, to)
        he.post(to, data=sent, files={"f.document": file})

        page = he.get(f"{cycle}/booklet").text

    for there in ("附件：扇形 第一版.docx", "教学目标:认识扇形", "教学过程:先折再剪", "以原件为准"):
        assert there in page, there


@pytest.mark.parametrize("name", ["visit", "research", "suspended", "proposed"])
def test_any_workflow_has_a_booklet(shown, name):
    """Another workflow, a cycle that has just begun or rests: in both languages."""
    for language in ("zh-CN", "en"):
        with signed_in(shown, "wu", language) as wu:
            answer = wu.get(f"{shown.cycle(name)}/booklet")

        assert answer.status_code == 200
        assert answer.text.count("<h1") == 1


def test_paper_tells_each_day_with_its_year(ask, shown):
    """What is filed for years says of which year it is, and the record alone of which school."""
    cycle = shown.school.cycles["finished"]

    booklet = ask("song", f"/cycles/{cycle}/booklet").text
    record = ask("song", f"/cycles/{cycle}/rounds/1/activity").text

    for page in (booklet, record):
        days = re.findall(r"(?:(\d{4})年)?\d+月\d+日", page)
        assert days
        assert all(days)
    assert f"{shown.service.core.view(shown.school.school_id).row.name} · 课例研讨" in record
