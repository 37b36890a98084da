"""What a variant's file says of its framework is held against the installed packages and the variant's own code."""

import importlib
import json
import re
import subprocess
import sys
from functools import cache
from pkgutil import resolve_name
from typing import Any

import pytest

from variants.catalog import Variant, load_variants
from variants.environment import run_environment

VARIANTS = load_variants()
# Everything that is `built in` names where; in other features a name may follow too.
NAMED = re.compile(r"\(([a-z_]+(?:\.\w+)*)\)")
BUILT_IN = re.compile(r"built in \((\w+)\.[\w.]+\)")
# Where each framework has had, or would have, what another has: when one of these turns up, `no` is out of date.
NOT_THERE = {
    "fastapi": {"orm": ["fastapi.orm"], "admin": ["fastapi.admin"]},
    "flask": {
        "orm": ["flask.orm", "flask.db"],
        "admin": ["flask.admin"],
        "validation": ["flask.validation", "flask.forms"],
        "websocket": ["flask.websocket", "flask.WebSocket"],
        "background_tasks": ["flask.tasks", "flask.BackgroundTasks"],
    },
    "django": {"websocket": ["django.websocket", "django.contrib.websocket"], "background_tasks": ["django.tasks"]},
    "tornado": {
        "orm": ["tornado.orm", "tornado.database"],
        "admin": ["tornado.admin"],
        "validation": ["tornado.validation", "tornado.forms"],
    },
}
# Looked at in a process of its own: a framework is set up once in a process, with the settings of its environment.
LOOK = """
import importlib, inspect, json, os, sys

package = sys.argv[1]
if package == "django_app":
    os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"
    import django
    django.setup()
service, articles = (importlib.import_module(f"{package}.{name}") for name in ("service", "articles"))
holders = [articles, *(value for value in vars(articles).values() if inspect.isclass(value))]
handler = next(vars(holder)["article_get"] for holder in holders if "article_get" in vars(holder))
served = any(getattr(value, "__module__", None) == "blogapi.openapi" for value in vars(service).values())
print(json.dumps({"async": inspect.iscoroutinefunction(handler), "openapi_is_served_from_the_file": served}))
"""


@cache
def seen_in(name: str) -> dict[str, Any]:
    """What the variant's own code shows."""
    package = f"{name}_app"
    environment = run_environment(database_url="sqlite:////nowhere/blog.sqlite3")
    done = subprocess.run(
        [sys.executable, "-c", LOOK, package], env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def is_there(name: str) -> bool:
    """Whether a module, or something in a module, can be imported."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.fixture(params=VARIANTS.values(), ids=lambda variant: variant.name)
def variant(request: pytest.FixtureRequest) -> Variant:
    """Each variant of the workspace."""
    shown: Variant = request.param
    return shown


def test_every_name_in_a_feature_can_be_imported(variant: Variant) -> None:
    for text in variant.features.values():
        for name in NAMED.findall(text):
            assert is_there(name), name


def test_what_is_built_in_is_the_frameworks_own(variant: Variant) -> None:
    for text in variant.features.values():
        if text.startswith("built in"):
            found = BUILT_IN.match(text)
            assert found, text
            assert found[1] == variant.package


def test_what_is_not_there_has_not_come_meanwhile(variant: Variant) -> None:
    assert variant.name in NOT_THERE
    for feature, names in NOT_THERE[variant.name].items():
        assert variant.features[feature] == "no"
        # The package itself is there, so that nothing is missing only for want of it.
        assert importlib.import_module(variant.package)
        assert [name for name in names if is_there(name)] == []


def test_every_plain_no_is_looked_after(variant: Variant) -> None:
    assert {feature for feature, text in variant.features.items() if text == "no"} == set(NOT_THERE[variant.name])


def test_async_is_what_the_shipped_handler_is(variant: Variant) -> None:
    assert seen_in(variant.name)["async"] is not variant.features["async"].endswith("; here plain functions")


def test_the_description_is_generated_where_it_is_not_served_from_the_file(variant: Variant) -> None:
    said = variant.features["openapi"]
    assert said.startswith(("generated from ", "served from a file "))
    assert seen_in(variant.name)["openapi_is_served_from_the_file"] is said.startswith("served ")


def test_learning_names_the_documentation(variant: Variant) -> None:
    assert variant.features["learning"].startswith("https://")
