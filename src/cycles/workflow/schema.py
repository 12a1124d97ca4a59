"""The JSON Schema of a workflow file: completes and marks it in an editor."""

from __future__ import annotations

from typing import Any

from cycles.workflow.definition import Workflow

__all__ = ["json_schema"]

_BILINGUAL = {"type": "string", "description": "A bare string is Chinese; {zh, en} gives both."}


def json_schema() -> dict[str, Any]:
    """Draft 2020-12, with both the short and the full way of writing where there are two."""
    schema = _open_up(Workflow.model_json_schema(by_alias=True))
    definitions = schema["$defs"]
    definitions["Text"] = {"anyOf": [_BILINGUAL, definitions["Text"]]}
    definitions["State"] = {"anyOf": [{"$ref": "#/$defs/Text"}, definitions["State"]]}
    definitions["Role"]["properties"]["count"]["type"] = ["string", "integer"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _open_up(node: Any, key: str = "") -> Any:
    """Lists of names may be one name; nothing may be null, for a file leaves such keys out."""
    if isinstance(node, list):
        return [_open_up(part) for part in node if part != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    opened = {k: _open_up(v, k) for k, v in node.items() if not (k == "default" and v is None)}
    options = opened.get("anyOf")
    if isinstance(options, list) and len(options) == 1:
        opened = {**{k: v for k, v in opened.items() if k != "anyOf"}, **options[0]}
    items = opened.get("items")
    if opened.get("type") == "array" and isinstance(items, dict) and items.get("type") == "string":
        told = {k: opened.pop(k) for k in ("title", "description", "default") if k in opened}
        return {**told, "anyOf": [items, opened]}
    return opened
