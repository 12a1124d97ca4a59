"""Whether an answer is one that the OpenAPI document tells of: status, headers, content, body."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx
import jsonschema

from cycles_api.frame import SECURITY_HEADERS

__all__ = ["Conformance"]

#: What any answer may carry, whatever it is.
_FRAME = {*SECURITY_HEADERS, "content-type", "content-length", "date"}


class Conformance:
    """The document, asked about answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._checkers: dict[str, jsonschema.Draft202012Validator] = {}

    @cached_property
    def operations(self) -> dict[str, dict[str, Any]]:
        """Operation id → what the document says of it."""
        paths = self._document["paths"].values()
        return {told["operationId"]: told for methods in paths for told in methods.values()}

    def check(self, operation: str, answer: httpx.Response) -> None:
        """Fail unless the document says that this may be answered."""
        told = self.operations[operation]["responses"].get(str(answer.status_code))
        assert told is not None, f"{operation}: undeclared status {answer.status_code}"
        told = self._resolved(told)
        declared = {name.lower(): self._resolved(h) for name, h in told["headers"].items()}
        extra = set(answer.headers) - set(declared) - _FRAME
        assert not extra, f"{operation} {answer.status_code}: undeclared headers {sorted(extra)}"
        for name, header in declared.items():
            here = name in answer.headers
            assert here or not header.get("required"), f"{operation}: {name} is missing"
            if here and header["schema"]["type"] == "string":
                self._fits(header["schema"], answer.headers[name])
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in told["content"], f"{operation}: undeclared content {kind}"
        if kind.endswith("json"):
            self._fits(told["content"][kind]["schema"], answer.json())

    def _resolved(self, told: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in told:
            found: Any = self._document
            for step in told["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            told = found
        return told

    def _fits(self, schema: dict[str, Any], value: Any) -> None:
        key = repr(schema)
        if key not in self._checkers:
            whole = {**schema, "components": self._document["components"]}
            self._checkers[key] = jsonschema.Draft202012Validator(whole)
        self._checkers[key].validate(value)
