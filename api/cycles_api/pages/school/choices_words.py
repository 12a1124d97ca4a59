"""What is said of a workflow's choices: its rounds, how many file what, names on the wall."""

from __future__ import annotations

from typing import Final

from cycles.workflow.choices import Asked, Difference, Measure
from cycles.workflow.version import Version
from cycles_api.wording import Language
from cycles_api.wording.language import Both

__all__ = ["asked_told", "measure_told", "names_told", "people_asked", "rounds_told", "told_of"]

_SAYS: Final[dict[str, Both]] = {
    "rounds": Both("{least} 到 {most} 轮", "{least} to {most} rounds"),
    "rounds_exactly": Both("{least} 轮", "{least} rounds"),
    "all": Both("人人都交", "everybody"),
    "share": Both("{share} 的人", "{share} of them"),
    "share_two": Both("{share} 的人，且不少于 2 人", "{share} of them, two people at least"),
    "share_least": Both(
        "{share} 的人，且不少于 {least} 人", "{share} of them, {least} people at least"
    ),
    "least": Both("至少 {least} 人", "{least} people at least"),
    "names": Both("写上名字", "with names"),
    "no_names": Both("不写名字", "without names"),
    "asked": Both("“{record}”要交的人：{measure}", "“{record}” is filed by: {measure}"),
    "of_rounds": Both("轮数", "Rounds"),
    "of_measure": Both("交“{record}”的人数", "Who files “{record}”"),
    "of_names": Both("会上投影的话", "Words on the wall"),
    "rest": Both("步骤、表单或说法也不同", "steps, forms or words differ, too"),
    "and": Both("、", ", "),
}


def _say(name: str, language: Language, **values: object) -> str:
    return _SAYS[name].in_language(language).format(**values)


def rounds_told(rounds: tuple[int, int], language: Language) -> str:
    """From the least to the most."""
    least, most = rounds
    said = "rounds_exactly" if least == most else "rounds"
    return _say(said, language, least=least, most=most)


def measure_told(measure: Measure, language: Language) -> str:
    """How many of those asked."""
    share, least = measure.share, measure.at_least
    if share == "all":
        return _say("all", language)
    if share is None:
        return _say("least", language, least=least)
    if least is not None:
        return _say("share_least", language, share=share, least=least)
    # Two thirds of three, with one of them away, would be one alone.
    return _say("share_two" if share == "2/3" else "share", language, share=share)


def names_told(names: bool, language: Language) -> str:
    """Whether the wall of a meeting says who said what."""
    return _say("names" if names else "no_names", language)


def asked_told(version: Version, asked: Asked, language: Language) -> str:
    """A measure with what it is about, in one line."""
    record = version.workflow.records[asked.record].title.in_language(language)
    return _say("asked", language, record=record, measure=measure_told(asked.measure, language))


def people_asked(version: Version, asked: Asked, language: Language) -> str:
    """Of whom the measure is, by the titles of their roles."""
    roles = version.workflow.roles
    titles = [roles[a].title.in_language(language) for a in asked.by if a in roles]
    return _SAYS["and"].in_language(language).join(titles)


def told_of(version: Version, difference: Difference, language: Language) -> tuple[str, str, str]:
    """What is otherwise, as it is and as it would be; only the first where it is the rest."""
    before, after = difference.before, difference.after
    if difference.what == "rounds":
        said = _say("of_rounds", language)
        return said, rounds_told(before, language), rounds_told(after, language)
    if difference.what == "measure" and difference.asked is not None:
        record = version.workflow.records[difference.asked.record].title.in_language(language)
        said = _say("of_measure", language, record=record)
        return said, measure_told(before, language), measure_told(after, language)
    if difference.what == "names":
        said = _say("of_names", language)
        return said, names_told(before, language), names_told(after, language)
    return _say("rest", language), "", ""
