"""Why a backup could not be written or brought back, by the reasons of `BackupError`."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["BACKUPS"]

BACKUPS: Final[dict[str, Both]] = {
    "there": Both(
        "{what} 已经在了，什么也没有覆盖。请换一个空的文件夹，或者换一个名字。",
        "{what} is there already; nothing was overwritten. Use an empty folder or another name.",
    ),
    "not-written": Both(
        "{what} 写不了：{cause}。请看磁盘和权限。",
        "{what} cannot be written: {cause}. Look at the disk and at who may write there.",
    ),
    "no-backup": Both(
        "{what} 不是备份：要“学校·备份”下载的 zip，或者 cycles backup 写的文件夹。",
        "{what} is no backup: give the zip of “School · Backup”, or a folder of `cycles backup`.",
    ),
    "damaged": Both(
        "备份里的 {what} 坏了：和备份那天写下的不一样。请用另一份备份。",
        "{what} in this backup is damaged: it is not what was written that day. Use another one.",
    ),
    "other-tool": Both(
        "{what} 要用 pg_dump 备份、pg_restore 恢复；附件用 cycles backup --files-only。",
        "{what} is copied by `pg_dump` and brought back by `pg_restore`; attachments by "
        "`cycles backup --files-only`.",
    ),
}
