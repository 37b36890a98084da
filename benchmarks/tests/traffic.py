"""Modules of the load, which have no package to be imported from."""

import importlib.util
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[2] / "loadtests" / "traffic"


def traffic(name: str) -> ModuleType:
    """Import a module of `loadtests/traffic` that needs nothing but the standard library."""
    spec = importlib.util.spec_from_file_location(f"traffic_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
