"""JSON bodies into their shapes: strictly, and with every fault told at once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec
from litestar import Request
from msgspec.structs import FieldInfo, fields

from cycles.errors import FieldFault, InvalidInputError
from cycles_api.errors import MalformedError, UnsupportedMediaTypeError

__all__ = ["JsonRequest", "fault_code", "has_control_characters", "read_shape"]

T = TypeVar("T")

#: Deeper than any shape or form needs.
MAX_DEPTH: Final = 32
MAX_FAULTS: Final = 100
#: The log has no fractions, and no whole number that another programme might round.
_MOST: Final = 2**53 - 1

#: Line breaks and tabs are text; all other control characters are not.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")
#: Half of a pair, which JSON can write and UTF-8 cannot.
_LONE: Final = re.compile(
    rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]|\xed[\xa0-\xbf]",
    re.DOTALL,
)
#: Where msgspec found it.
_PLACE: Final = re.compile(r" - at `\$(.*)`$")
#: A place in a list; of one in a dict msgspec says no more than that it is in it.
_INDEX: Final = re.compile(r"\[([0-9]*)(?:\.\.\.)?\]")
#: What msgspec says, by its first words, to our code.
_CODES: Final = (
    (re.compile(r"Expected `str` of length <="), "too_long"),
    (re.compile(r"Expected `str` of length >="), "too_short"),
    (re.compile(r"Expected `(array|object)` of length <="), "too_many"),
    (re.compile(r"Expected `(array|object)` of length >="), "too_few"),
    (re.compile(r"Expected `int` >="), "too_small"),
    (re.compile(r"Expected `int` <="), "too_large"),
    (re.compile(r"Invalid RFC3339 encoded (date|datetime)"), "not_a_date"),
    (re.compile(r"Invalid (enum )?value"), "not_an_option"),
)


def _number(told: str) -> int | float:
    """A number with a point or an exponent: `3.0` is as whole as `3`, as JSON Schema has it."""
    value = float(told)
    if math.isinf(value):
        raise msgspec.DecodeError("a number is out of range")
    return int(value) if value.is_integer() else value


_DECODER: Final = msgspec.json.Decoder(float_hook=_number)


class JsonRequest(Request[Any, Any, Any]):
    """A request whose JSON body is read by `read_shape`, as the shape that its handler takes."""

    async def json(self) -> Any:
        """The body as the handler's `data`; raises `MalformedError`, `InvalidInputError`."""
        kind, options = self.content_type
        if kind != "application/json" or options.get("charset", "utf-8").lower() != "utf-8":
            raise UnsupportedMediaTypeError("application/json")
        wanted = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        return read_shape(wanted, await self.body())


def read_shape(shape: type[T], raw: bytes) -> T:
    """The value that the bytes hold.

    Raises:
        MalformedError: not JSON, not UTF-8, nested too deeply, or a lone surrogate.
        InvalidInputError: with every field that is missing, unknown or of the wrong kind.
    """
    try:
        value = _DECODER.decode(raw)
    except RecursionError:
        raise MalformedError("nested too deeply") from None
    except (UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise MalformedError(_why_unread(raw, error)) from None
    if _depth(value) > MAX_DEPTH:
        raise MalformedError("nested too deeply")
    unclean = list(_unclean(value, ""))
    try:
        found = msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as error:
        # It tells of one fault alone: now each part is looked at by itself.
        faults = [*unclean, *_faults(shape, value, "")][:MAX_FAULTS]
        raise InvalidInputError(faults or [_fault_of(error, "")]) from None
    if unclean:
        raise InvalidInputError(unclean[:MAX_FAULTS])
    return found


def has_control_characters(text: str) -> bool:
    """Whether a text holds characters that nobody types."""
    return _CONTROL.search(text) is not None


def fault_code(told: str) -> str:
    """Our code for what msgspec says of one value."""
    return next((code for pattern, code in _CODES if pattern.match(told)), "wrong_type")


def _why_unread(raw: bytes, error: Exception) -> str:
    if _LONE.search(raw):
        return "a lone surrogate: half of a character"
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _depth(value: Any) -> int:
    """How deep lists and objects are nested; counted without recursion."""
    deepest, left = 0, [(value, 1)]
    while left:
        node, depth = left.pop()
        deepest = max(deepest, depth)
        if depth > MAX_DEPTH:
            return depth
        children = node.values() if isinstance(node, dict) else node
        if isinstance(node, (dict, list)):
            left += [(child, depth + 1) for child in children]
    return deepest


def _unclean(value: Any, path: str) -> Iterator[FieldFault]:
    """What no field of any shape may hold: control characters, fractions, enormous numbers."""
    if isinstance(value, str):
        if has_control_characters(value):
            yield FieldFault(field=path or "body", code="control_characters", data={})
    elif isinstance(value, float):
        yield FieldFault(field=path or "body", code="wrong_type", data={})
    elif isinstance(value, int) and abs(value) > _MOST:
        code = "too_large" if value > 0 else "too_small"
        yield FieldFault(field=path or "body", code=code, data={})
    elif isinstance(value, dict):
        for key, inner in value.items():
            if has_control_characters(key):
                yield FieldFault(field=path or "body", code="control_characters", data={})
            else:
                yield from _unclean(inner, _join(path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unclean(inner, _join(path, str(index)))


def _faults(kind: Any, value: Any, path: str) -> Iterator[FieldFault]:
    """Everything about the value that the type does not allow."""
    struct = _struct_of(kind, value)
    if struct is not None and isinstance(value, dict):
        yield from _faults_of_struct(struct, value, path)
        return
    item = _item_of(kind)
    if item is not None and isinstance(value, list) and _struct_of(item, None) is not None:
        for index, inner in enumerate(value):
            yield from _faults(item, inner, _join(path, str(index)))
    try:
        msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        inside = _PLACE.search(str(error))
        if item is not None and inside and isinstance(value, list) and _struct_of(item, None):
            return  # told above, each at its own place
        yield _fault_of(error, path)


def _fault_of(error: msgspec.ValidationError, path: str) -> FieldFault:
    """The one fault that msgspec found in what stands at the path."""
    told = str(error)
    inside = _PLACE.search(told)
    deeper = _INDEX.sub(r".\1", inside.group(1)).strip(".") if inside else ""
    return FieldFault(field=_join(path, deeper) or "body", code=fault_code(told), data={})


def _faults_of_struct(
    struct: type[msgspec.Struct], value: dict[str, Any], path: str
) -> Iterator[FieldFault]:
    shape: dict[str, FieldInfo] = {f.encode_name: f for f in fields(struct)}
    tag = struct.__struct_config__.tag_field
    for key in value:
        if key not in shape and key != tag:
            known = {"known": list(shape)}
            yield FieldFault(
                field=_join(path, key[:64]) or "body", code="unknown_field", data=known
            )
    for name, info in shape.items():
        if name not in value:
            if info.required:
                yield FieldFault(field=_join(path, name), code="required", data={})
            continue
        yield from _faults(info.type, value[name], _join(path, name))


def _struct_of(kind: Any, value: Any) -> type[msgspec.Struct] | None:
    """The struct that a type means: itself, the one in `X | None`, the tagged one of a union."""
    options = get_args(kind) if get_origin(kind) is not None else (kind,)
    if get_origin(kind) in (list, dict, tuple):
        return None
    structs = [o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)]
    if value is None or len(structs) <= 1:
        return structs[0] if structs else None
    for struct in structs:
        config = struct.__struct_config__
        if isinstance(value, dict) and value.get(str(config.tag_field)) == config.tag:
            return struct
    return None


def _item_of(kind: Any) -> Any:
    """The type of a list's items; `None` for what is no list."""
    for option in (kind, *get_args(kind)):
        if get_origin(option) is list:
            return get_args(option)[0]
    return None


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path and key else path or key
