"""Why nothing can be stored or read just now, and who can do something about it."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["UNAVAILABLE"]

#: By `StoreUnavailableError.reason`.
UNAVAILABLE: Final[dict[str, Both]] = {
    "busy": Both(
        "现在太忙，没有做成，什么都没有改变。请过一会儿再试。",
        "Others are in the way just now; nothing was changed. Try again in a moment.",
    ),
    "unreachable": Both(
        "现在连不上数据库，什么都没有改变。请过一会儿再试。",
        "The database cannot be reached now; nothing was changed. Try again in a moment.",
    ),
    "disk-full": Both(
        "服务器的磁盘满了，存不了，什么都没有改变。请告诉管理员；腾出空间后就能继续。",
        "The server's disk is full; nothing was changed. Tell the administrator: "
        "once there is space it goes on.",
    ),
    "disk-error": Both(
        "服务器的磁盘读写出错，什么都没有改变。请告诉管理员。",
        "The server's disk does not take or give it; nothing was changed. Tell the administrator.",
    ),
    "read-only": Both(
        "数据库现在只能看，不能存，什么都没有改变。请告诉管理员。",
        "The database can only be read now; nothing was changed. Tell the administrator.",
    ),
    "outcome-unknown": Both(
        "存的时候断了线，不知道存上没有。请原样再发一次（同一个 Idempotency-Key），不会重复。",
        "The connection was lost while it was stored; whether it was is not known. Send it again "
        "under the same Idempotency-Key: it is done once.",
    ),
}
