"""Results as JSON files: written and read back without loss, and refused when they are of another version."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from benchmarks.results import SCHEMA_VERSION, Result
from benchmarks.studies import Load, OpenLoad

Decoded = TypeVar("Decoded")


class ResultError(Exception):
    """A file is no result that this version reads; the message names the file or the member."""


def to_json(result: Result) -> str:
    """Write a result as JSON text, its members in the order of the classes."""
    return json.dumps(asdict(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str) -> Result:
    """Read a result back.

    Raises:
        ResultError: it is no JSON, of another schema version, or a member is missing, unknown or of another
            type.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ResultError(f"no JSON: {error}") from error
    if not isinstance(document, dict):
        raise ResultError("no result: not an object")
    if document.get("schema") != SCHEMA_VERSION:
        raise ResultError(f"schema version {document.get('schema')} is not {SCHEMA_VERSION}, which this tool reads")
    decoded = _decode(Result, document, "result")
    if not isinstance(decoded, Result):
        raise ResultError("no result")
    return decoded


def write_result(result: Result, path: Path) -> None:
    """Write a result in one step, so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(to_json(result), encoding="utf-8")
    draft.replace(path)


def read_result(path: Path) -> Result:
    """Read a result file.

    Raises:
        ResultError: as `from_json`, with the file's name; also when the file cannot be read.
    """
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (ResultError, OSError, UnicodeDecodeError) as error:
        raise ResultError(f"{path}: {error}") from error


# Any: a value of JSON on the way in, and of the class that `kind` names on the way out.
def _decode(kind: Any, value: Any, where: str) -> Any:
    if is_dataclass(kind):
        return _decode_object(kind, value, where)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        inner = next(argument for argument in arguments if argument is not NoneType)
        return None if value is None else _decode(inner, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_decode(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        return {key: _decode(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ResultError(f"{where} is of another type")
    return value


def _decode_object(kind: Any, value: object, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise ResultError(f"{where} has other members: not an object")
    names = {field.name for field in fields(kind)}
    # What has a default has come later, and older files are still read.
    needed = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}
    if odd := sorted((value.keys() - names) | (needed - value.keys())):
        raise ResultError(f"{where} has other members: {', '.join(odd)}")
    hints = get_type_hints(kind)
    return kind(**{name: _decode(hints[name], value[name], f"{where}.{name}") for name in names & value.keys()})


def load_from(members: Mapping[str, object]) -> Load:
    """Read what the generator hands back.

    Raises:
        ResultError: a member is missing, unknown or of another type.
    """
    decoded = _decode(Load, members, "load")
    if not isinstance(decoded, Load):
        raise ResultError("no load")
    return decoded


def open_load_from(members: Mapping[str, object]) -> OpenLoad:
    """Read what the generator hands back of an open loop.

    Raises:
        ResultError: a member is missing, unknown or of another type.
    """
    decoded = _decode(OpenLoad, members, "load")
    if not isinstance(decoded, OpenLoad):
        raise ResultError("no load")
    return decoded


def decoded(kind: type[Decoded], document: object, where: str) -> Decoded:
    """Make one of the data classes of the values of its JSON.

    Parameters:
        where: what the document is, for the message.

    Raises:
        ResultError: a member is missing, unknown or of another type.
    """
    value = _decode(kind, document, where)
    if not isinstance(value, kind):
        raise ResultError(f"no {where}")
    return value
