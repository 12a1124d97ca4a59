"""Pages are complete in both languages, and use what they are given and nothing else."""

import dataclasses
import importlib
import pkgutil
import re

import jinja2
import pytest
from babel.messages.pofile import read_po
from jinja2 import meta

import cycles_api.pages
from cycles_api.pages.frame.rendering import HERE, environment

TEMPLATES = sorted((HERE / "templates").glob("*.html"))
CONTEXTS = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(cycles_api.pages.__path__, "cycles_api.pages.")
    if module.name.endswith("contexts")
]
PAGES = [
    thing
    for module in CONTEXTS
    for thing in vars(module).values()
    if isinstance(thing, type) and hasattr(thing, "template")
]


def _said():
    """What the templates say in Chinese, by gettext."""
    plain = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in TEMPLATES:
        for _, _, message in plain.extract_translations(path.read_text(encoding="utf-8")):
            yield message[0] if isinstance(message, tuple) else message


def _catalog():
    catalog = {}
    for path in sorted((HERE / "locale" / "en").glob("*.po")):
        with path.open("rb") as file:
            here = {m.id: m.string for m in read_po(file, locale="en") if m.id}
        assert set(here) & set(catalog) == set(), f"said twice, in {path.name} and before"
        catalog |= here
    return catalog


def test_every_sentence_of_the_pages_is_translated_and_used():
    """The English catalogue has each Chinese sentence of the templates, and no other."""
    catalog = _catalog()

    assert set(_said()) - set(catalog) == set()
    assert set(catalog) - set(_said()) == set()
    assert [zh for zh, en in catalog.items() if not en] == []


def test_translations_keep_what_is_filled_in():
    """A name or a day that stands in the Chinese sentence stands in the English one."""
    gaps = re.compile(r"%\(\w+\)s")
    for zh, en in _catalog().items():
        assert sorted(gaps.findall(zh)) == sorted(gaps.findall(en))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_chinese_stands_outside_of_gettext(path):
    """Whatever people read goes through the catalogue; nothing is written into a template."""
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    bare = re.sub(r"_\((\"[^\"]*\"|'[^']*')", "", source)

    # A title's brackets are punctuation, and a language is named in itself.
    assert re.findall(r"[\u4e00-\u9fff]+", bare.replace("中文", "")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.__name__)
def test_a_template_uses_just_what_its_page_has(page):
    """No field of a page is idle, and none is missing."""
    source = (HERE / "templates" / page.template).read_text(encoding="utf-8")
    asked = meta.find_undeclared_variables(environment("zh").parse(source))

    imported = re.findall(r"{% from \S+ import (.*?) %}", source)
    known = {"around", "_", "asset"} | set(", ".join(imported).split(", "))
    assert asked - known == {field.name for field in dataclasses.fields(page)}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_nothing_is_inline(path):
    """The strict policy has no exception: no inline style, no inline script, no other host."""
    source = path.read_text(encoding="utf-8")

    assert re.findall(r"\sstyle=|\son[a-z]+=|<style|https?://", source) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []
