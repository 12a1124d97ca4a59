"""Word files for tests: small, like those that Word and WPS write, and such as nobody should."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

__all__ = ["document", "docx", "zipped"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def document(inside: str, space: str = _W) -> str:
    """The main part around what stands in the body."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{space}" xmlns:mc="{_MC}" xmlns:m="{_MATHS}">'
        f"<w:body>{inside}</w:body></w:document>"
    )


def zipped(parts: dict[str, str | bytes], *, main: str = "") -> bytes:
    """A zip of these parts; `main` where the document is not in its usual place."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        if main:
            link = f'<Relationship Id="r1" Type="{_DOCUMENT}" Target="{main}"/>'
            packed.writestr("_rels/.rels", f'<Relationships xmlns="{_RELS}">{link}</Relationships>')
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def docx(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    body = "".join(
        f'<w:p><w:pPr/><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
        for text in paragraphs
    )
    return zipped({"word/document.xml": document(body)}, main="word/document.xml")
