"""The words of Word files: those of schools are read, and hostile ones do no harm."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.service import word_text
from cycles.service.word_text import WordText, words_of
from cycles.service.zips import open_zip
from tests.pages.word_files import document, docx, zipped

UNREADABLE = WordText(paragraphs=(), why="unreadable")


def _words(body, **more):
    return words_of(io.BytesIO(zipped({"word/document.xml": document(body, **more)})))


def test_paragraphs_and_tables_are_read_in_order():
    """Runs of one paragraph are one text; cells follow row by row; empty ones are none."""
    body = (
        "<w:p><w:r><w:t>教学</w:t></w:r><w:r><w:t>目标</w:t></w:r></w:p><w:p/>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>环节</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>导入</w:t><w:tab/><w:t>5分钟</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )

    assert _words(body) == WordText(paragraphs=("教学目标", "环节", "导入 5分钟"))


def test_what_was_struck_out_in_word_is_not_there_and_what_was_put_in_is():
    """Tracked changes are read as if they had been accepted."""
    body = (
        "<w:p><w:del><w:r><w:delText>老师</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>学生</w:t></w:r></w:ins><w:r><w:t>小结</w:t></w:r>"
        "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom></w:p>"
    )

    assert _words(body).paragraphs == ("学生小结",)


def test_a_text_box_is_read_once_and_formulas_are_words():
    """What Word keeps a second time for older programmes is left out; a formula keeps its signs."""
    box = "<w:txbxContent><w:p><w:r><w:t>板书</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t>得 </w:t></w:r><m:oMath><m:r><m:t>1/2</m:t></m:r></m:oMath></w:p>"
    )

    assert _words(body).paragraphs == ("板书", "得 1/2")


def test_the_strict_edition_and_another_main_part_are_read():
    """The standard has two namespaces, and some programmes call the document otherwise."""
    body = "<w:p><w:r><w:t>教案</w:t></w:r></w:p>"
    strict = document(body, space="http://purl.oclc.org/ooxml/wordprocessingml/main")
    named = zipped({"word/document2.xml": strict}, main="/word/document2.xml")

    assert words_of(io.BytesIO(named)).paragraphs == ("教案",)


def test_a_zip_bomb_is_unpacked_up_to_a_limit():
    """A hundred megabytes of text in a hundred kilobytes: only its first part is read."""
    sentence = "<w:p><w:r><w:t>" + "炸" * 500 + "</w:t></w:r></w:p>"

    found = _words(sentence * 60_000)

    assert found.why == "long"
    assert sum(map(len, found.paragraphs)) <= word_text.MAX_CHARACTERS


@pytest.mark.parametrize(
    "body",
    [
        "<w:p/>" * 1_000_000,
        "<w:p>" * 500_000,
        " " * 40_000_000,
        "<w:p>" + "<w:r><w:t>x</w:t></w:r>" * 300_000 + "</w:p>",
        f'<w:p w:a="{"y" * 30_000_000}"/>',
    ],
    ids=["paragraphs", "depth", "space", "runs", "attribute"],
)
def test_more_than_any_lesson_plan_is_not_read_to_its_end(body):
    """Elements, depth, space, an attribute without end: reading stops and says so."""
    found = _words(body)

    assert found.why == "long"
    assert sum(map(len, found.paragraphs)) <= word_text.MAX_CHARACTERS


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/e.dtd"> %p;]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/e.dtd">',
    ],
)
def test_xml_with_a_document_type_is_not_read(doctype):
    """Entities, of the file or of elsewhere, are never resolved: such a file has no words here."""
    xml = document("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>").replace("<w:doc", f"{doctype}<w:doc")

    assert words_of(io.BytesIO(zipped({"word/document.xml": xml}))) == UNREADABLE


@pytest.mark.parametrize("main", ["word/none.xml", "../../etc/passwd", "file:///etc/passwd", ""])
def test_a_main_part_that_is_elsewhere_is_not_looked_for(main):
    """The text is a part of the same zip, or there is none."""
    made = zipped({"word/other.xml": document("")}, main=main)

    assert words_of(io.BytesIO(made)) == UNREADABLE


def test_macros_and_pictures_are_left_packed():
    """Only the main part is opened; what else is packed, broken or not, is no matter."""
    made = bytearray(
        zipped(
            {
                "word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"m" * 5000,
                "word/document.xml": document("<w:p><w:r><w:t>字</w:t></w:r></w:p>"),
            }
        )
    )
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as packed:
        at = packed.getinfo("word/vbaProject.bin").header_offset
    made[at + 49 : at + 55] = b"broken"

    assert words_of(io.BytesIO(bytes(made))).paragraphs == ("字",)


def test_an_endless_list_of_parts_is_not_read():
    """A zip says how long its list of parts is; one longer than any document's is not opened."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("word/document.xml", document(""))
        for number in range(20_000):
            packed.writestr(f"word/{number}", b"")

    assert words_of(made) == UNREADABLE


def test_a_zip_that_hides_how_long_its_list_is_is_not_opened():
    """The sizes of the larger kind of zip are found, however long the comment after them is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for number in range(20_000):
            packed.writestr(f"word/{number}", b"")
    plain = made.getvalue()
    at = plain.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", plain, at + 12)
    larger = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 20_000, 20_000, size, start
    )
    where = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, 46, start, 0xFFFF)
    hidden = plain[:at] + larger + where + end + b" " * 0xFFFF
    with zipfile.ZipFile(io.BytesIO(hidden)) as packed:
        assert len(packed.namelist()) == 20_000

    with pytest.raises(zipfile.BadZipFile):
        open_zip(io.BytesIO(hidden))


@pytest.mark.parametrize("flag", [0x1, 0x41])
def test_an_encrypted_file_has_no_words_here(flag):
    """Nobody is asked for a password."""
    made = bytearray(zipped({"word/document.xml": document("<w:p/>")}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", made, made.index(sign) + offset, flag)

    assert words_of(io.BytesIO(bytes(made))) == UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_have_words_or_none(junk):
    """Whatever is uploaded, reading it ends, and never with an exception."""
    assert words_of(io.BytesIO(junk)) == UNREADABLE


@given(at=st.integers(0, 2_000), byte=st.integers(0, 255), cut=st.integers(0, 2_000))
def test_a_damaged_file_has_words_or_none(at, byte, cut):
    """One byte changed, or its end lost: reading ends, and never with an exception."""
    made = bytearray(docx("教学目标", "教学过程"))
    made[at % len(made)] = byte

    for damaged in (bytes(made), bytes(made[: cut % len(made)])):
        assert isinstance(words_of(io.BytesIO(damaged)), WordText)
