"""`cycles let-in`: a one-time code for whoever cannot sign in; the way in for the first head."""

from __future__ import annotations

from typing import Any, Final

import click

from cycles_api.cli.finding import person_named, school_meant, school_option
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_ONCE: Final = Both(
    "{name} 的登录码，十分钟内用一次；在登录页输入，或打开 {path} 。",
    "Code of {name}, good once within ten minutes: type it where one signs in, or open {path}",
)


@taught(
    "let-in",
    ("cycles let-in 吴若兰", "For ten minutes, once. 十分钟，一次。"),
    ("cycles let-in 吴若兰 宋明远", "One each. 各一个。"),
)
@click.argument("names", metavar="PERSON...", nargs=-1, required=True)
@school_option
@database_option
@json_option
@click.pass_obj
def command(
    terminal: Terminal,
    names: tuple[str, ...],
    school: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """让人登录 · A one-time code for somebody who cannot sign in.

    PERSON is a name, a staff number or an id. Used, it ends the sessions that they had, and
    they may set a new password.
    """
    from cycles.ledger import instant_text
    from cycles.service import operator_of
    from cycles_api.assembly import assembled

    made: list[dict[str, Any]] = []
    with assembled(settings_of(database)) as service:
        school_id = school_meant(service, school)
        for person in [person_named(service, school_id, named) for named in names]:
            code = service.signing_in.let_in_again(operator_of(school_id), person.id)
            until = instant_text(code.expires_at)
            plain = {"code": code.code, "path": code.link_path, "expires_at": until}
            made.append({"person": person.id, **plain})
            if not as_json:
                terminal.tell(terminal.pick(_ONCE, name=person.name, path=code.link_path))
                terminal.answer(code.code)
    if as_json:
        terminal.answer_json({"codes": made})
