"""The contract as an OpenAPI document, for the variants that do not generate their own."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from blogapi.jsonbody import dump_json


def openapi_document() -> dict[str, Any]:
    """Read `openapi.yaml`."""
    text = (files("blogapi") / "openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


@lru_cache
def openapi_json() -> bytes:
    """The document as JSON, made at the first call: reading YAML would slow every start."""
    return dump_json(openapi_document())
