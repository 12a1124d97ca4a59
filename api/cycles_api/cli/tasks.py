"""`cycles tasks`: what somebody does next, the soonest due first."""

from __future__ import annotations

from typing import Final

import click

from cycles_api.cli.finding import name_of, person_named, school_meant, school_option
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_NONE: Final = Both("{name} 现在没有要做的。", "{name} has nothing to do now.")


@taught(
    "tasks",
    ("cycles tasks 宋明远", "By name. 按姓名。"),
    ("cycles tasks 宋明远 --lang en", "In English. 用英文。"),
    ("cycles tasks 宋明远 --json", "For a programme. 给程序读。"),
)
@click.argument("person")
@school_option
@database_option
@json_option
@click.pass_obj
def command(
    terminal: Terminal, person: str, school: str | None, database: str | None, as_json: bool
) -> None:
    """某人的下一步 · What a person does next, the soonest due first, a sentence each."""
    from cycles_api.assembly import assembled
    from cycles_api.wording import Speaker

    with assembled(settings_of(database), read_only=True) as service:
        school_id = school_meant(service, school)
        whose = person_named(service, school_id, person)
        view, now = service.core.view(school_id), service.core.now()
        pseudonym = view.person_of[whose.id].pseudonym
        called = name_of(service, school_id)
        found = []
        for answer in service.looking.tasks_of(school_id, pseudonym):
            line, task = answer.cycle, answer.task
            speaker = Speaker(terminal.language, line.told.version, called)
            found.append(
                {
                    "cycle": line.id,
                    "title": line.title,
                    "state": line.state,
                    "do": task.do,
                    "due": task.due.isoformat() if task.due else None,
                    "sentence": speaker.task(task, now=now, zone=view.calendar.zone),
                }
            )
    if as_json:
        terminal.answer_json({"person": whose.id, "tasks": found})
        return
    for one in found:
        terminal.answer(f"《{one['title']}》{one['sentence']}  [{one['cycle']}]")
    if not found:
        terminal.tell(terminal.pick(_NONE, name=whose.name))
