"""What browsers call themselves, in words that their owners know."""

from __future__ import annotations

from typing import Final

from cycles_api.wording import Language
from cycles_api.wording.language import Both

__all__ = ["device_name"]

#: What browsers call themselves, the particular before the general, to what people call them.
_BROWSERS: Final = (
    ("MicroMessenger", Both("微信", "WeChat")),
    ("HuaweiBrowser", Both("华为浏览器", "Huawei Browser")),
    ("Edg", Both("Edge", "Edge")),
    ("Firefox", Both("Firefox", "Firefox")),
    ("Chrome", Both("Chrome", "Chrome")),
    ("Safari", Both("Safari", "Safari")),
)
_SYSTEMS: Final = ("iPhone", "iPad", "Android", "Windows", "Mac", "Linux")


def device_name(agent: str, language: Language) -> str:
    """A device in a few words; empty where it does not say what it is.

    >>> device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1 MicroMessenger/8", "zh")
    '微信 · iPhone'
    """
    browser = next((said.in_language(language) for mark, said in _BROWSERS if mark in agent), "")
    system = next((mark for mark in _SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part)
