"""What the self-check says, by the codes of `cycles_api.self_check`."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["UPKEEP"]

UPKEEP: Final[dict[str, Both]] = {
    "here_alone": Both(
        "手机连不上：服务只听这台电脑自己。停下服务，用下面这一行再启动：",
        "Phones cannot reach it: it listens to this computer alone. Stop it and start it so:",
    ),
    "behind_proxy": Both(
        "服务在代理后面，手机用 {url} 打开。", "It stands behind a proxy; phones open {url}."
    ),
    "listens": Both(
        "服务在听 {host} 的 {port} 端口，别的设备可以连。",
        "It listens on {host}, port {port}, for other devices too.",
    ),
    "addresses": Both(
        "这台电脑在学校网络里的地址：{addresses}。",
        "This computer's addresses in the school's network: {addresses}.",
    ),
    "no_network": Both(
        "没有找到学校网络：网线或无线连上了吗？",
        "No network was found: is the cable or the wireless connected?",
    ),
    "https": Both("连接有加密（https）：{url}。", "Connections are encrypted (https): {url}."),
    "plain": Both(
        "连接没有加密（http）：只在学校内网里用，不要放到外网。",
        "Connections are not encrypted (http): inside the school's network only.",
    ),
    "proxy_unnamed": Both(
        "前面有代理，但没有写明是哪一台：大家都会算成同一个地址。在设置里加上（改成代理的地址）：",
        "There is a proxy in front that is not named: everybody counts as one address. Set (with "
        "the proxy's address):",
    ),
    "proxy_named": Both("信任的代理：{proxies}。", "Proxies that are believed: {proxies}."),
    "clock": Both(
        "服务器的时钟：{now}。和手表差几分钟的话，请校准：记录的时间都以它为准。",
        "The server's clock: {now}. If it is minutes off, set it: all recorded times are its.",
    ),
    "space": Both("磁盘还空 {free} GB({place})。", "{free} GB are free on the disk ({place})."),
    "backup": Both(
        "上一次在网页上备份是 {days} 天前。",
        "Days since the last backup from a page: {days}.",
    ),
    "backup_never": Both(
        "还没有在网页上备份过：“学校·备份”里按一下就好。",
        "No backup was taken from a page yet: “School · Backup” takes one at one press.",
    ),
    "database": Both("数据库正常。", "The database answers."),
    "database_away": Both("数据库用不了：{why}", "The database cannot be used: {why}"),
}
