"""From a page's values to its HTML, in one of two languages."""

from __future__ import annotations

import hashlib
import io
from dataclasses import fields
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

from cycles_api.wording import Language

__all__ = ["HEADERS", "HERE", "Page", "environment", "html", "rendered", "translations"]

#: Where templates, styles, scripts and words lie.
HERE: Final = Path(__file__).parents[1]

#: What a page may do: show and send what comes from this server, and nothing else.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    # Not `no-referrer`: with that a browser says of its own form that it comes from nowhere.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Page(Protocol):
    """A page: a dataclass whose fields its template uses, all of them and nothing else."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


def rendered(language: Language, page: Page, around: object, *, status: int = 200) -> Response[str]:
    """The answer with the page; `around` is what all pages share."""
    return Response(
        html(language, page, around), status_code=status, media_type="text/html", headers=HEADERS
    )


def html(language: Language, page: Page, around: object) -> str:
    """The page's HTML."""
    values = {f.name: getattr(page, f.name) for f in fields(page)}
    return environment(language).get_template(page.template).render(around=around, **values)


@cache
def environment(language: Language) -> Environment:
    """Jinja with the words of one language; every value is escaped, a missing one is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.globals["asset"] = asset
    return made


@cache
def translations(language: Language) -> NullTranslations:
    """The pages' own words; what templates say is Chinese, so Chinese needs none."""
    if language == "zh":
        return NullTranslations()
    catalog = Catalog(locale=language)
    for path in sorted((HERE / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                catalog[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def asset(name: str) -> str:
    """The address of a file of ours; another one whenever its content is another."""
    content = (HERE / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
