"""`cycles what-if`: what commands of a person would come to; nothing is changed."""

from __future__ import annotations

from typing import Any, Final

import click

from cycles_api.cli.exits import Exit
from cycles_api.cli.files import read
from cycles_api.cli.finding import name_of, person_named, school_meant, school_option
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_ACCEPTED: Final = Both(
    "{number}. 可以。之后是“{state}”，第 {round} 轮。",
    "{number}. Accepted. It would then be in “{state}”, round {round}.",
)


@taught(
    "what-if",
    (
        "cycles what-if 01890a5d-ac96-774b-bcce-b302099a8057 try.json --as 宋明远",
        'The file: {"commands": [{"command": "advance", "transition": "finish_evaluating"}]}',
    ),
    (
        "cycles what-if 01890a5d-ac96-774b-bcce-b302099a8057 - --as 宋明远 --json",
        "From standard input. 从标准输入。",
    ),
)
@click.argument("cycle")
@click.argument("file", metavar="FILE|-")
@click.option("--as", "person", required=True, metavar="PERSON", help="以谁的身份 · As whom.")
@school_option
@database_option
@json_option
@click.pass_obj
def command(
    terminal: Terminal,
    cycle: str,
    file: str,
    person: str,
    school: str | None,
    database: str | None,
    as_json: bool,
) -> Exit:
    """如果这样做 · Try commands on a cycle as a person, one after the other.

    The file is what the API's what-if takes. Nothing is changed. Exit code 1 where one of them
    would be refused; it says why and who can clear it.
    """
    from cycles.service.tokens import actor_of
    from cycles_api.assembly import assembled
    from cycles_api.rest.asked import TrialRequest
    from cycles_api.rest.reading import read_shape
    from cycles_api.wording import Speaker

    asked = read_shape(TrialRequest, read(file))
    with assembled(settings_of(database), read_only=True) as service:
        school_id = school_meant(service, school)
        whose = person_named(service, school_id, person)
        actor = actor_of(service.core, service.core.view(school_id), whose.id, "cli")
        commands = [tried.command() for tried in asked.commands]
        trials = service.looking.what_if(actor, cycle, commands)
        called = name_of(service, school_id)
        found: list[dict[str, Any]] = []
        for number, trial in enumerate(trials, 1):
            speaker = Speaker(terminal.language, trial.told.version, called)
            refusal = trial.refusal
            if refusal is None:
                state = speaker.state(trial.state)
                said = [terminal.pick(_ACCEPTED, number=number, state=state, round=trial.round)]
            else:
                said = [f"{number}. {speaker.error(refusal)}"]
                for verdict in getattr(refusal, "verdicts", ()):
                    remedies = " ".join(speaker.remedy(r) for r in verdict.remedies)
                    said.append(f"   {speaker.verdict(verdict)} {remedies}".rstrip())
                said += [f"   {speaker.fault(f)}" for f in getattr(refusal, "faults", ())]
            found.append(
                {
                    "accepted": refusal is None,
                    "code": refusal.code if refusal else None,
                    "state": trial.state,
                    "round": trial.round,
                    "fired": trial.fired,
                    "sentences": said,
                }
            )
    if as_json:
        terminal.answer_json({"trials": found})
    else:
        for one in found:
            terminal.answer("\n".join(one["sentences"]))
    return Exit.DONE if all(one["accepted"] for one in found) else Exit.FOUND
