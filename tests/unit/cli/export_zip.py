"""Exports as zips: the toy log's and a real cycle's, sound or forged in one place."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from cycles.canonical import canonical_bytes, sha256_hex
from cycles.ledger import manifest_bytes
from tests.unit.ledger.toy_log import DEFINITIONS, ToyLog


def members_of(log: ToyLog, attachment: bytes = b"a lesson plan") -> dict[str, bytes]:
    """Every member of the log's export, by name."""
    digest = sha256_hex(attachment)
    return {
        "entries.jsonl": b"".join(raw + b"\n" for raw in log.entries),
        "payloads.jsonl": b"".join(raw + b"\n" for raw in log.payload_lines),
        f"files/{digest}": attachment,
        **{f"definitions/{name}.json": raw for name, raw in DEFINITIONS.items()},
        "manifest.json": _with_file(manifest_bytes(log.manifest), digest),
    }


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The members as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def _with_file(manifest: bytes, digest: str) -> bytes:
    plain: dict[str, Any] = json.loads(manifest)
    plain["files"] = [digest]
    return canonical_bytes(plain)
