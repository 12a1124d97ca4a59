"""`cycles sample`: an auditor's sample drawn again from an export, on any computer."""

from __future__ import annotations

import re
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from cycles_api.cli.files import FileProblem
from cycles_api.cli.teaching import json_option, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    from cycles.ledger import Sample
    from cycles.service.samples import SampleQuestion

_INSTANT: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
_COUNTED: Final = Both(
    "候选 {count} 个，抽出 {size} 个；名单的指纹：{digest}",
    "{size} of {count} candidates; fingerprint of the list: {digest}",
)


@taught(
    "sample",
    ("cycles sample export.zip --seed 20261125 --size 10", "Ten cycles. 抽十个研讨。"),
    (
        "cycles sample export.zip --of entries --seed 4711 --size 20 --since 2026-09-01",
        "Twenty entries of a term. 抽这学期的二十条日志。",
    ),
    ("cycles sample export.zip --seed 20261125 --size 10 --json", "For a programme. 给程序读。"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seed", required=True, help="种子 · The seed: letters, digits, `.`, `_`, `-`.")
@click.option("--size", required=True, type=int, help="抽几个 · How many; at most 200.")
@click.option(
    "--of",
    type=click.Choice(["cycles", "entries"]),
    default="cycles",
    show_default=True,
    help="抽研讨，还是抽日志 · Whole cycles, or entries of cycles.",
)
@click.option("--group", metavar="ID", help="只抽这个教研组的 · Only this group's.")
@click.option("--since", type=_DAY, metavar="DAY", help="从这一天起 · From this day on.")
@click.option("--until", type=_DAY, metavar="DAY", help="到这一天（含） · Until this day's end.")
@click.option(
    "--before",
    metavar="INSTANT",
    help="只抽这一刻以前记下的 · Only what was recorded before, as 2026-11-25T08:00:00.000000Z.",
)
@json_option
@click.pass_obj
def command(
    terminal: Terminal,
    file: Path,
    seed: str,
    size: int,
    of: Literal["cycles", "entries"],
    group: str | None,
    since: datetime | None,
    until: datetime | None,
    before: str | None,
    as_json: bool,
) -> None:
    """按种子抽样 · Draw a sample from an export: the one that the auditor's desk drew.

    Candidates are ordered by the SHA-256 of SEED:ID; the first ones are the sample. The desk shows
    the command that draws its sample again. Needs no server and no network; whether the export is
    sound, `cycles verify` says.
    """
    from cycles.service.samples import SampleQuestion

    if before is not None and _INSTANT.fullmatch(before) is None:
        raise click.UsageError("--before: write an instant like 2026-11-25T08:00:00.000000Z")
    asked = SampleQuestion(
        of=of,
        seed=seed,
        size=size,
        group=group,
        since=_date(since),
        until=_date(until),
        before=before,
    )
    sample = _drawn(file, asked)
    if as_json:
        listed = [{"id": one.id, "place": one.place} for one in sample.drawn]
        terminal.answer_json({"count": sample.count, "digest": sample.digest, "drawn": listed})
        return
    for number, one in enumerate(sample.drawn, 1):
        terminal.answer(f"{number:>3}  {one.place[:16]}  {one.id}")
    said = {"count": sample.count, "size": len(sample.drawn), "digest": sample.digest}
    terminal.tell(terminal.pick(_COUNTED, **said))


def _drawn(file: Path, asked: SampleQuestion) -> Sample:
    from cycles.service.samples import sample_of_file

    try:
        return sample_of_file(file, asked)
    except OSError as error:
        raise FileProblem(file, error) from None
    except (zipfile.BadZipFile, zlib.error, KeyError):
        raise FileProblem(file, "this is no export; `cycles verify` says more") from None


def _date(given: datetime | None) -> date | None:
    return None if given is None else given.date()
