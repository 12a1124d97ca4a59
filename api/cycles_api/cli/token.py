"""`cycles token`: bearer tokens made, listed and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from cycles_api.cli.finding import name_of, person_named, school_meant, school_option
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    from cycles_api.assembly import Service

_ONCE: Final = Both(
    "{name} 的令牌，到 {until} 为止；只显示这一次，谁拿着它谁就是{name}。",
    "Token of {name}, good until {until}; shown this once. Whoever has it acts as {name}.",
)
_REVOKED: Final = Both("已收回 {id}。", "{id} is revoked.")


@taught(
    "token",
    ("cycles token make 吴若兰", "Printed once. 只显示一次。"),
    ("cycles token make 吴若兰 刘思雨 --days 7", "For a week each. 各七天。"),
    ("cycles token list", "All of the school. 全校的。"),
    ("cycles token revoke 01890a5d-ac96-774b-bcce-b302099a8057", "By its id. 收回。"),
)
@click.argument("action", type=click.Choice(["make", "list", "revoke"]))
@click.argument("names", metavar="[PERSON|TOKEN-ID]...", nargs=-1)
@click.option("--days", type=click.IntRange(1, 400), default=90, show_default=True, help="天数。")
@click.option("--label", default="", help="用途 · What it is for.")
@school_option
@database_option
@json_option
@click.pass_obj
def command(
    terminal: Terminal,
    action: str,
    names: tuple[str, ...],
    days: int,
    label: str,
    school: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """令牌：发、查、收 · Make, list and revoke tokens by which a programme acts as a person.

    PERSON is a name, a staff number or an id. Revoking takes the ids that `list` shows.
    """
    from cycles_api.assembly import assembled

    if action != "list" and not names:
        wanted = "a PERSON" if action == "make" else "the id of a token"
        raise click.UsageError(f"`cycles token {action}` needs {wanted}")
    with assembled(settings_of(database), read_only=action == "list") as service:
        school_id = school_meant(service, school)
        if action == "make":
            _make(terminal, service, school_id, names, days=days, label=label, as_json=as_json)
        elif action == "list":
            _list(terminal, service, school_id, names, as_json=as_json)
        else:
            _revoke(terminal, service, school_id, names)


def _make(
    terminal: Terminal,
    service: Service,
    school_id: str,
    names: tuple[str, ...],
    *,
    days: int,
    label: str,
    as_json: bool,
) -> None:
    from cycles.service import operator_of

    made: list[dict[str, Any]] = []
    for person in [person_named(service, school_id, named) for named in names]:
        token = service.tokens.make(operator_of(school_id), person.id, label, days)
        plain = {"id": token.id, "token": token.text, "expires_at": token.expires_at}
        made.append({"person": person.id, **plain})
        if not as_json:
            told = terminal.pick(_ONCE, name=person.name, until=token.expires_at[:10])
            terminal.tell(told)
            terminal.answer(token.text)
    if as_json:
        terminal.answer_json({"tokens": made})


def _list(
    terminal: Terminal, service: Service, school_id: str, names: tuple[str, ...], *, as_json: bool
) -> None:
    from cycles.service import operator_of

    wanted = {person_named(service, school_id, named).id for named in names}
    kept = service.tokens.list(operator_of(school_id))
    shown = [token for token in kept if not wanted or token.person in wanted]
    if as_json:
        keys = ("id", "person", "label", "created_at", "expires_at", "revoked_at")
        terminal.answer_json({"tokens": [{k: getattr(t, k) for k in keys} for t in shown]})
        return
    called = name_of(service, school_id)
    for token in shown:
        end = f"x {token.revoked_at[:10]}" if token.revoked_at else f"→ {token.expires_at[:10]}"
        terminal.answer(f"{token.id}  {end}  {called(token.person)}  {token.label}".rstrip())


def _revoke(terminal: Terminal, service: Service, school_id: str, ids: tuple[str, ...]) -> None:
    from cycles.service import operator_of

    for token in ids:
        service.tokens.revoke(operator_of(school_id), token)
        terminal.answer(terminal.pick(_REVOKED, id=token))
