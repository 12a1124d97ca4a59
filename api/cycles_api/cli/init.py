"""`cycles init`: the tables, the school, its workflows; run again after each upgrade."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from cycles_api.cli.teaching import database_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    from cycles_api.assembly import Service

_MADE: Final = Both(
    "学校 {school} 建好了，校长是{head}。", "School {school} is made; its head: {head}."
)
_UPGRADED: Final = Both(
    "学校 {school} 已在，数据未改。", "School {school} is there; nothing changed."
)
_DEFINED: Final = Both("  存入流程：{names}", "  Workflows stored: {names}")
_TABLES: Final = Both(
    "数据表建好了。用 cycles serve 启动，学校在网页上建。",
    "The tables are made. Start with cycles serve: a page makes the school.",
)
_GRANTED: Final = Both(
    "已授权给数据库角色 {role}。", "The database's role {role} was granted its rights."
)
_NEXT: Final = Both(
    "接下来：\n"
    "  cycles import 名单.xlsx{more}\n  cycles token make {head}{more}\n  cycles serve{database}",
    "Next:\n"
    "  cycles import STAFF.xlsx{more}\n  cycles token make {head}{more}\n  cycles serve{database}",
)


@taught(
    "init",
    (
        "cycles init --school yuxin --name 育新小学 --host yuxin.example --head 吴若兰",
        "A new school. 建一所学校。",
    ),
    ("cycles init", "After an upgrade: tables and workflows. 升级以后再运行一次。"),
    (
        "cycles init --no-school --database postgresql://owner@localhost/cycles "
        "--app-role cycles_app",
        "The same, and a page makes the school. 学校在网页上建。",
    ),
    (
        "cycles init --database postgresql://owner@localhost/cycles --app-role cycles_app",
        "On PostgreSQL: what the server's own role may do. 授权给服务的角色。",
    ),
)
@database_option
@click.option("--school", metavar="ID", help="小写字母、数字、- · Letters, digits and -.")
@click.option("--name", help="学校名称 · What people call the school.")
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="时区 · Its time zone.")
@click.option("--host", help="日志名的前半 · Who keeps the log: a name like yuxin.example.")
@click.option("--head", metavar="NAME", help="校长 · The head, the school's first person.")
@click.option(
    "--app-role", metavar="NAME", help="PostgreSQL 角色 · A role that may use the tables."
)
@click.option(
    "--no-school",
    is_flag=True,
    help="只建表，学校在网页上建 · Tables only: a page makes the school.",
)
@click.pass_obj
def command(
    terminal: Terminal,
    database: str | None,
    school: str | None,
    name: str | None,
    zone: str,
    host: str | None,
    head: str | None,
    app_role: str | None,
    no_school: bool,
) -> None:
    """建库建校，或升级 · Make the tables and a school, or bring both up to this version.

    Asks for what is missing only at a terminal. Run again it changes nothing but old tables and
    old workflows; cycles that run keep the version under which they were opened.
    """
    from cycles.service import operator_of, shipped
    from cycles.store import grant_application_role
    from cycles_api.assembly import assembled

    settings = settings_of(database)
    with assembled(settings, migrate=True) as service:
        if app_role is not None:
            grant_application_role(settings.database, app_role)
            terminal.tell(terminal.pick(_GRANTED, role=app_role))
        begun = _begun(service)
        made = None
        if no_school and not begun:
            terminal.answer(terminal.pick(_TABLES))
            return
        if school not in begun and (school is not None or not begun):
            wanted = {"--school": school, "--name": name, "--host": host, "--head": head}
            school, name, host, head = _asked(wanted)
            made = service.schools.create(school, name, zone, host, head)
        for each in [school] if school else begun:
            new = service.workflows.renew(operator_of(each), shipped())
            if made is not None:
                terminal.answer(terminal.pick(_MADE, school=each, head=head))
            else:
                terminal.answer(terminal.pick(_UPGRADED, school=each))
            if new:
                names = ", ".join(version.key for version in new)
                terminal.answer(terminal.pick(_DEFINED, names=names))
    if made is not None:
        named = "" if database is None else f" --database {database}"
        more = named if not begun else f"{named} --school {school}"
        terminal.tell(terminal.pick(_NEXT, head=head, more=more, database=named))


def _begun(service: Service) -> list[str]:
    """The schools that have somebody; one without was left half made."""
    known = [row.id for row in service.core.store.schools()]
    return [each for each in known if service.core.view(each).directory.persons]


def _asked(wanted: dict[str, str | None]) -> list[str]:
    """What is wanted, asked for where it is missing and somebody is there to answer."""
    missing = [option for option, given in wanted.items() if not given]
    if missing and not sys.stdin.isatty():
        raise click.UsageError(f"for a new school give also: {', '.join(missing)}")
    return [given or click.prompt(option, err=True) for option, given in wanted.items()]
