"""How the programme ends: one number for each way, so that a script can tell them apart."""

from __future__ import annotations

from enum import IntEnum

from cycles.errors import (
    CyclesError,
    LedgerError,
    SettingsError,
    StoreError,
)

__all__ = ["Exit", "exit_of"]


class Exit(IntEnum):
    """The exit codes; `meaning` is what `--help` says of each."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    DATABASE = 3
    FAILED = 70
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One line for `--help`, in both languages."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.DONE: "done · 完成",
    Exit.FOUND: "faults or findings, or refused · 查出问题，或没有获准",
    Exit.USAGE: "the call, a setting or a file cannot be meant · 命令、设置或文件不对",
    Exit.DATABASE: "the database cannot be used now · 数据库现在用不了",
    Exit.FAILED: "the programme itself failed · 程序出错",
    Exit.INTERRUPTED: "interrupted · 被中断",
}


def exit_of(error: CyclesError) -> Exit:
    """How the programme ends for an error of ours."""
    match error:
        case SettingsError():
            return Exit.USAGE
        case StoreError():
            return Exit.DATABASE
        case LedgerError():
            return Exit.FOUND
    return Exit.FAILED if error.code == "error" else Exit.FOUND
