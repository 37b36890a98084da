"""Mixes of one's own, from a TOML file or a short text. Pure but for the reading of the file."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

TABLE = "mix"


class MixError(Exception):
    """What was given is no mix; the message says what is wrong with it."""


def read_mix(path: Path, known: Collection[str]) -> dict[str, int]:
    """Read a file such as `mixes/reader.toml`.

    Parameters:
        known: the tasks that there are.

    Returns:
        The weight of each task.

    Raises:
        MixError: it cannot be read, or is no mix; the message names the file.
    """
    try:
        return checked(_table(tomllib.loads(path.read_text(encoding="utf-8"))), known)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, MixError) as error:
        raise MixError(f"{path}: {error}") from error


def mix_from_text(text: str, known: Collection[str]) -> dict[str, int]:
    """Read a mix of one line, such as `page=40,article=40`.

    Raises:
        MixError: it is none.
    """
    parts = [re.fullmatch(r"(\w+)=(\d+)", part) for part in text.split(",")]
    pairs = [(part[1], int(part[2])) for part in parts if part is not None]
    if len(pairs) != len(parts) or len(dict(pairs)) != len(parts):
        raise MixError(f"{text!r} is no mix such as page=40,article=40")
    return checked(dict(pairs), known)


def checked(weights: Mapping[str, object], known: Collection[str]) -> dict[str, int]:
    """Give the weights back when they are good.

    Raises:
        MixError: there are none, a task has an unknown name, or a weight is no positive whole number.
    """
    if not weights:
        raise MixError("it names no task")
    if unknown := [name for name in weights if name not in known]:
        raise MixError(f"no task is named {unknown[0]!r}; there are: {', '.join(known)}")
    good = {name: weight for name, weight in weights.items() if type(weight) is int and weight > 0}
    if wrong := [name for name in weights if name not in good]:
        raise MixError(f"the weight of {wrong[0]} is {weights[wrong[0]]!r}, no positive whole number")
    return good


def _table(document: Mapping[str, object]) -> Mapping[str, object]:
    table = document.get(TABLE)
    if len(document) != 1 or not isinstance(table, dict):
        raise MixError(f"it has to have one table [{TABLE}] and nothing else")
    return table
