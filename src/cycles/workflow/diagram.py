"""The picture of a workflow: Mermaid text, and a self-made SVG that reads well on a phone."""

from __future__ import annotations

import unicodedata
from html import escape

from cycles.workflow.definition import Transition
from cycles.workflow.version import Version

__all__ = ["mermaid", "svg"]

_NEXT_ROUND = {"zh": "下一轮", "en": "next round"}
_AT_MOST = {"zh": "最多{}轮", "en": "at most {} rounds"}
_AUTO = {"zh": "自动", "en": "by itself"}

_LEFT, _WIDTH, _BOX, _LINE = 76, 208, 35, 17
_STYLE = """
text{font-family:system-ui,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans SC",
sans-serif;fill:#1f2933}
.box{fill:#eef4fb;stroke:#2f6db5;stroke-width:1.4}.here{fill:#ffe9b8;stroke:#9a6700;stroke-width:2.4}
.end{stroke-width:3}.name{font-size:15px;font-weight:600}.small{font-size:11.5px;fill:#52606d}
.label{paint-order:stroke;stroke:#fff;stroke-width:4px}
.way{stroke:#2f6db5;fill:none;stroke-width:1.4}.side{stroke:#7b8794;fill:none;stroke-dasharray:3 3}
.head{fill:#2f6db5}.sidehead{fill:#7b8794}.ground{fill:#fff}
@media(prefers-color-scheme:dark){text{fill:#e4e9ee}.small{fill:#aab6c2}.ground{fill:#14191f}
.box{fill:#1d2a3a;stroke:#7fb2ea}.here{fill:#4a3a10;stroke:#f0c35a}.way{stroke:#7fb2ea}
.label{stroke:#14191f}.head{fill:#7fb2ea}.side{stroke:#8b98a5}.sidehead{fill:#8b98a5}}
"""


def mermaid(version: Version, language: str = "zh") -> str:
    """A Mermaid `stateDiagram-v2`; side ways stand in round brackets, new rounds are named."""
    workflow = version.workflow
    lines = ["stateDiagram-v2"]
    for name, place in workflow.states.items():
        lines.append(f"    s_{name} : {_plain(place.title.in_language(language))}")
    lines.append(f"    [*] --> s_{workflow.start}")
    for way in workflow.transitions.values():
        label = _plain(_label(version, way, language))
        for state in way.from_:
            lines.append(f"    s_{state} --> s_{way.to} : {f'({label})' if way.side else label}")
    lines += [f"    s_{name} --> [*]" for name, place in workflow.states.items() if place.final]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    for character, instead in ((":", "："), (";", "；"), ("#", "＃"), ("\n", " "), ('"', "'")):
        text = text.replace(character, instead)
    return text


def _label(version: Version, way: Transition, language: str) -> str:
    label = way.title.in_language(language)
    if way.round:
        most = _AT_MOST[language].format(version.workflow.rounds.max)
        label += f" · {_NEXT_ROUND[language]}, {most}"
    elif way.auto:
        label += f" · {_AUTO[language]}"
    return label


def svg(version: Version, language: str = "zh", *, here: str | None = None) -> str:
    """An SVG 360 units wide, top to bottom in file order; `here` marks the state a cycle is in."""
    workflow = version.workflow
    places: dict[str, tuple[int, int]] = {}
    parts: list[str] = []
    y = 16
    names = list(workflow.states)
    for index, name in enumerate(names):
        notes = _notes(version, name, names[index + 1 : index + 2], language)
        height = _BOX + _LINE * len(notes) + (6 if notes else 0)
        places[name] = (y, height)
        parts.append(_box(version, name, y, height, notes, language, here))
        y += height + 34
    left = right = 0
    for way in workflow.transitions.values():
        for state in way.from_:
            if state not in places or way.to not in places:
                continue
            if not way.side and names.index(way.to) == names.index(state) + 1:
                parts.append(_down(places[state], places[way.to], _label(version, way, language)))
            elif way.side:
                parts.append(_arc(places, state, way.to, -1, left, way.title.in_language(language)))
                left += 1
            else:
                told = _label(version, way, language)
                parts.append(_arc(places, state, way.to, 1, right, told))
                right += 1
    title = escape(workflow.title.in_language(language))
    described = escape(" → ".join(s.title.in_language(language) for s in workflow.states.values()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 360 {y}" '
        f'aria-labelledby="cycles-t cycles-d"><title id="cycles-t">{title}</title>'
        f'<desc id="cycles-d">{described}</desc><style>{_STYLE}</style>'
        f'<rect class="ground" width="360" height="{y}"/>{"".join(parts)}</svg>\n'
    )


def _notes(version: Version, name: str, after: list[str], language: str) -> list[str]:
    """What must be filed to lead on from here, by whom, a line a record."""
    workflow = version.workflow
    found: dict[str, None] = {}
    for _, way in version.leaving[name]:
        for guard in () if way.side else way.guards:
            if guard.filed is None:
                continue
            kind = workflow.records[guard.filed.record]
            who = ("、" if language == "zh" else ", ").join(
                workflow.roles[atom].title.in_language(language)
                for atom in (guard.filed.by or kind.by)
                if atom in workflow.roles
            )
            line = (
                f"{kind.title.in_language(language)} · {who}"
                if who
                else kind.title.in_language(language)
            )
            found[_cut(line, 192, 11.5)] = None
    return list(found)


def _measure(text: str, size: float) -> float:
    """About how wide a text is; East Asian characters are as wide as high."""
    return sum(size * (1 if unicodedata.east_asian_width(c) in "WF" else 0.52) for c in text)


def _cut(text: str, width: float, size: float) -> str:
    if _measure(text, size) <= width:
        return text
    while text and _measure(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def _box(
    version: Version,
    name: str,
    y: int,
    height: int,
    notes: list[str],
    language: str,
    here: str | None,
) -> str:
    state = version.workflow.states[name]
    kind = "box" + (" end" if state.final else "") + (" here" if name == here else "")
    middle = _LEFT + _WIDTH / 2
    title = escape(_cut(state.title.in_language(language), _WIDTH - 16, 15))
    told = (
        f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{_WIDTH}" height="{height}" rx="9"/>'
        f'<text class="name" x="{middle}" y="{y + 22}" text-anchor="middle">{title}</text>'
    )
    for index, note in enumerate(notes):
        told += (
            f'<text class="small" x="{middle}" y="{y + 41 + _LINE * index}" '
            f'text-anchor="middle">{escape(note)}</text>'
        )
    return told


def _down(above: tuple[int, int], below: tuple[int, int], label: str) -> str:
    x, start, end = _LEFT + 20, above[0] + above[1], below[0]
    return (
        f'<path class="way" d="M{x} {start}V{end - 5}"/>'
        f'<path class="head" d="M{x - 4} {end - 7}h8l-4 7z"/>'
        f'<text class="small label" x="{x + 10}" y="{(start + end) // 2 + 4}">'
        f"{escape(_cut(label, _WIDTH - 30, 11.5))}</text>"
    )


def _arc(
    places: dict[str, tuple[int, int]], state: str, to: str, side: int, count: int, label: str
) -> str:
    """A way beside the spine: leading on at the right, side ways dashed at the left."""
    lane = count % 3
    edge = _LEFT + (_WIDTH if side > 0 else 0)
    out = edge + side * (10 + 24 * lane)
    (y1, h1), (y2, _) = places[state], places[to]
    start, end = y1 + h1 - 7 - 5 * lane, y2 + 7 + 7 * lane
    kind, head = ("way", "head") if side > 0 else ("side", "sidehead")
    at = out + side * 5
    middle = (start + end) // 2
    text = escape(_cut(label, 264, 11.5))
    return (
        f'<path class="{kind}" d="M{edge} {start}H{out}V{end}H{edge + side * 6}"/>'
        f'<path class="{head}" d="M{edge + side * 7} {end - 4}v8l{-side * 7} -4z"/>'
        f'<text class="small label" x="{at}" y="{middle}" text-anchor="middle" '
        f'transform="rotate({90 * side} {at} {middle})" dy="-1">{text}</text>'
    )
