"""From the text of a workflow file to a sound `Version`, or every fault with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from copy import deepcopy
from itertools import islice
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from cycles.errors import CanonicalFormError, FileFault, WorkflowFileError
from cycles.workflow.checks import CHECKS
from cycles.workflow.definition import Workflow
from cycles.workflow.strict_yaml import KeyPath, Parsed, parse
from cycles.workflow.version import Version

__all__ = ["LIMITS", "load"]

#: More than these makes a file unreadable for people, and the checks slow.
LIMITS = {"states": 200, "transitions": 500, "records": 200, "roles": 100, "subject": 50}
MAX_FIELDS = 50
MAX_GUARDS = 30
#: As many faults as anyone reads at once; a file that is spoiled throughout has thousands.
MAX_FAULTS = 300

_PLAIN = {
    "missing": "is required here",
    "bool_type": "say true or false",
    "bool_parsing": "say true or false",
    "int_type": "a whole number is wanted here",
    "int_parsing": "a whole number is wanted here",
    "string_type": "text is wanted here; put it in quotes",
    "dict_type": "keys and values are wanted here",
    "model_type": "keys and values are wanted here",
    "model_attributes_type": "keys and values are wanted here",
    "tuple_type": "a list is wanted here",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
}


def load(text: str | bytes, file: str) -> Version:
    """The workflow a file describes, proven sound.

    Args:
        text: What the file holds; bytes are read as UTF-8.
        file: Its name, for the message only; nothing is opened.

    Raises:
        WorkflowFileError: With all faults found, each with line, column, key path and way out.
    """
    parsed = parse(text)
    faults = list(parsed.faults)
    if not isinstance(parsed.value, dict):
        if not faults:
            told = "a workflow is keys and values; begin with `workflow: some-key`"
            faults.append(_fault(parsed, (), "shape", told))
        raise _told(file, faults)
    faults += _too_many(parsed)
    if any(fault.code == "too-many" for fault in faults):
        raise _told(file, faults)
    try:
        workflow = Workflow.model_validate(parsed.value)
    except ValidationError as error:
        faults += _unlike(faults, _shape(parsed, error))
        raise _told(file, faults + _beside(parsed, error)) from None
    version = _named(parsed, workflow, file, faults)
    faults += _unlike(faults, _found(parsed, version))
    if faults:
        raise _told(file, faults)
    return version


def _found(parsed: Parsed, version: Version) -> list[FileFault]:
    """What the checks find."""
    found = islice((finding for check in CHECKS for finding in check(version)), MAX_FAULTS + 1)
    return [_fault(parsed, f.path, f.code, f.message) for f in found]


def _beside(parsed: Parsed, error: ValidationError) -> list[FileFault]:
    """What the checks find in the file without its unknown keys, if nothing else is misshapen.

    Nothing is said of the parts in which those keys stand: it might be due to them alone.
    """
    rest, parts = deepcopy(parsed.value), []
    for told in error.errors(include_url=False, include_input=False, include_context=False):
        if told["type"] != "extra_forbidden":
            return []
        path = _raw_path(parsed.value, told["loc"])
        parts.append(".".join(map(str, path[:-1])))
        inside: Any = rest
        for step in path[:-1]:
            inside = inside[step]
        inside.pop(path[-1], None)
    try:
        version = Version.of(Workflow.model_validate(rest))
    except (ValidationError, CanonicalFormError):
        return []
    found = _found(parsed, version)
    return [f for f in found if not any(p and f"{f.path}.".startswith(f"{p}.") for p in parts)]


def _told(file: str, faults: Iterable[FileFault]) -> WorkflowFileError:
    """The error with all faults, each once; far too many are cut off, and it is said."""
    every = sorted(set(faults))
    if len(every) > MAX_FAULTS:
        last = every[MAX_FAULTS - 1]
        more = FileFault(
            line=last.line,
            column=last.column,
            path="",
            code="and-more",
            message="from here on there are more faults; mend those above first",
        )
        every = [*every[:MAX_FAULTS], more]
    return WorkflowFileError(file, every)


def _named(parsed: Parsed, workflow: Workflow, file: str, faults: list[FileFault]) -> Version:
    try:
        return Version.of(workflow)
    except CanonicalFormError as error:
        told = f"has no canonical form ({error}); take unusual characters out"
        raise _told(file, [*faults, _fault(parsed, (), "canonical", told)]) from None


def _unlike(known: Iterable[FileFault], more: Iterable[FileFault]) -> list[FileFault]:
    """Those of `more` at places where nothing is known to be wrong yet."""
    places = {fault.path for fault in known if fault.path}
    return [fault for fault in more if fault.path not in places]


def _fault(parsed: Parsed, path: KeyPath, code: str, message: str) -> FileFault:
    while path and isinstance(path[-1], int) and path not in parsed.values:
        path = path[:-1]  # a list of one may be written without its brackets
    place = None
    for length in range(len(path), -1, -1):
        if place := parsed.places.get(path[:length]) or parsed.values.get(path[:length]):
            break
    line, column = place or (1, 1)
    return FileFault(
        line=line, column=column, path=".".join(map(str, path)), code=code, message=message
    )


def _too_many(parsed: Parsed) -> list[FileFault]:
    found: list[FileFault] = []

    def count(path: KeyPath, value: Any, limit: int, what: str) -> None:
        if isinstance(value, (dict, list)) and len(value) > limit:
            told = f"{len(value)} {what}; at most {limit}: split the workflow in two and link them"
            found.append(_fault(parsed, path, "too-many", told))

    raw = parsed.value
    for section, limit in LIMITS.items():
        count((section,), raw.get(section), limit, section)
    for section, part, limit in (
        ("records", "form", MAX_FIELDS),
        ("transitions", "guards", MAX_GUARDS),
    ):
        entries = raw.get(section)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                count((section, name, part), entry.get(part), limit, part)
    return found


def _shape(parsed: Parsed, error: ValidationError) -> list[FileFault]:
    """The findings of pydantic, one a place, at the key's place and in plain words."""
    found: dict[KeyPath, FileFault] = {}
    for told in error.errors(include_url=False, include_input=False, include_context=True):
        if len(found) > MAX_FAULTS:
            break
        path = _raw_path(parsed.value, told["loc"])
        kind = told["type"]
        if kind == "missing":
            path = (*path, str(told["loc"][-1])) if path[-1:] != told["loc"][-1:] else path
        if kind == "extra_forbidden":
            code, message = "unknown-key", _unknown_key(path)
        elif kind == "string_pattern_mismatch":
            code = "name"
            message = (
                "not a name as wanted here: lower-case English letters, digits and _, beginning "
                f"with a letter (pattern {told['ctx']['pattern']})"
            )
        elif kind == "value_error":
            code, message = "value", str(told["ctx"]["error"])
            if "never be facts" in message:
                code = "text-as-fact"
        else:
            code = {"missing": "missing"}.get(kind, "value")
            message = _PLAIN.get(kind) or told["msg"].replace("Input should be", "must be")
            if kind == "missing":
                message = f"`{path[-1]}` {message}"
        found.setdefault(path, _fault(parsed, path, code, message))
    return list(found.values())


def _raw_path(raw: Any, loc: tuple[int | str, ...]) -> KeyPath:
    """The key path in the file: shorthand and the tags of unions left out."""
    path: list[str | int] = []
    for part in loc:
        here = isinstance(raw, dict) and part in raw
        if here or (isinstance(raw, list) and isinstance(part, int) and part < len(raw)):
            path.append(part)
            raw = raw[part]
    return tuple(path)


def _unknown_key(path: KeyPath) -> str:
    known = _keys_at(path[:-1])
    close = difflib.get_close_matches(str(path[-1])[:64], known, n=1)
    hint = f"did you mean `{close[0]}`? " if close else ""
    return f"no key `{str(path[-1])[:64]}` here; {hint}known: {', '.join(known)}"


def _keys_at(path: KeyPath) -> list[str]:
    annotation: Any = Workflow
    for part in path:
        annotation = _inside(annotation, part)
    return sorted(
        field.alias or name
        for model in _models(annotation)
        for name, field in model.model_fields.items()
    )


def _inside(annotation: Any, part: str | int) -> Any:
    found = []
    for model in _models(annotation):
        for name, field in model.model_fields.items():
            if (field.alias or name) == part:
                found.append(field.annotation)
    for option in _options(annotation):
        if get_origin(option) in (dict, tuple):
            found += [a for a in get_args(option)[-1:] if a is not Ellipsis]
            found += [a for a in get_args(option)[:1] if get_origin(option) is tuple]
    return tuple(found)


def _options(annotation: Any) -> list[Any]:
    if isinstance(annotation, tuple):
        return [o for a in annotation for o in _options(a)]
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (dict, tuple) or isinstance(annotation, type):
        return [annotation]
    return [o for a in get_args(annotation) for o in _options(a)]


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [o for o in _options(annotation) if isinstance(o, type) and issubclass(o, BaseModel)]
