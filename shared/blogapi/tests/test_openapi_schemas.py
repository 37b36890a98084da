"""The OpenAPI document's schemas: equal to the rules and models, and true of what the service takes and shows."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from pydantic import BaseModel

from blogapi import rules, schemas
from blogapi.cursors import parse_cursor
from blogapi.http import request_id
from blogapi.jsonbody import dump_json
from blogapi.login import invalid_credentials
from blogapi.openapi import openapi_document
from blogapi.pagination import keyset_representation, page_representation
from blogapi.problems import FAULT_DETAILS, KINDS, Problem, fault
from blogapi.records import Article, Author, Comment, Cursor, User
from blogapi.representations import (
    article_representation,
    comment_representation,
    token_representation,
    user_representation,
)
from blogapi.service import root_representation

COMPONENTS = openapi_document()["components"]
SCHEMAS, PARAMETERS = COMPONENTS["schemas"], COMPONENTS["parameters"]
MODELS = [
    "UserCreate",
    "UserReplace",
    "UserUpdate",
    "ArticleCreate",
    "ArticleReplace",
    "ArticleUpdate",
    "CommentCreate",
]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
USER = User(7, "ada", "ada@example.com", "Ada", None, "viewer", True, NOW, NOW, 1)
ARTICLE = Article(3, "Title", "Text.", True, ["a"], Author(7, "ada", "Ada", 1), 1, NOW, NOW)
COMMENT = Comment(5, 3, Author(7, "ada", "Ada", 1), "Well written.", NOW)


def expect_valid(name: str, value: object) -> None:
    """Hold a value, as JSON, against a schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": COMPONENTS}
    Draft202012Validator(schema).validate(json.loads(dump_json(value)))


def limits(name: str, *keywords: str) -> list[object]:
    return [SCHEMAS[name].get(keyword) for keyword in keywords]


def test_the_limits_of_members_are_those_of_the_rules() -> None:
    length = ("minLength", "maxLength", "pattern")
    assert limits("Id", "minimum", "maximum") == [1, rules.ID_MAX]
    assert limits("Username", *length) == [rules.USERNAME_MIN, rules.USERNAME_MAX, rules.USERNAME_PATTERN]
    assert limits("Email", *length) == [None, rules.EMAIL_MAX, rules.EMAIL_PATTERN]
    assert limits("Name", *length) == [rules.NAME_MIN, rules.NAME_MAX, None]
    assert limits("Age", "type", "minimum", "maximum") == [["integer", "null"], rules.AGE_MIN, rules.AGE_MAX]
    assert limits("Password", *length) == [rules.PASSWORD_MIN, rules.PASSWORD_MAX, None]
    assert limits("Title", *length) == [rules.TITLE_MIN, rules.TITLE_MAX, None]
    assert limits("Content", *length) == [rules.CONTENT_MIN, rules.CONTENT_MAX, None]
    assert limits("Tag", *length) == [None, None, rules.TAG_PATTERN]
    assert limits("Tags", "maxItems", "uniqueItems") == [rules.TAGS_MAX, True]
    assert limits("Role", "enum") == [list(rules.ROLES)]
    assert limits("CommentText", *length) == [rules.COMMENT_MIN, rules.COMMENT_MAX, None]


def test_the_limits_of_parameters_are_those_of_the_rules() -> None:
    assert {name: part["schema"] for name, part in PARAMETERS.items() if part["in"] == "query"} == {
        "Skip": {"type": "integer", "format": "int64", "minimum": 0, "maximum": rules.ID_MAX, "default": 0},
        "Limit": {
            "type": "integer",
            "minimum": rules.LIMIT_MIN,
            "maximum": rules.LIMIT_MAX,
            "default": rules.LIMIT_DEFAULT,
        },
        "After": {"$ref": "#/components/schemas/Cursor"},
        "UserSort": {"type": "string", "enum": list(rules.USER_SORTS), "default": rules.SORT_DEFAULT},
        "ArticleSort": {"type": "string", "enum": list(rules.ARTICLE_SORTS), "default": rules.SORT_DEFAULT},
        "AuthorFilter": {"$ref": "#/components/schemas/Id"},
        "TagFilter": {"$ref": "#/components/schemas/Tag"},
        "PublishedFilter": {"type": "boolean"},
        "Search": {"type": "string", "minLength": rules.SEARCH_MIN, "maxLength": rules.SEARCH_MAX},
    }
    for page in ("UserPage", "ArticlePage", "ArticleSlice", "CommentPage"):
        assert SCHEMAS[page]["properties"]["data"]["maxItems"] == rules.LIMIT_MAX


LISTS: dict[str, type[BaseModel]] = {
    "/api/v1/users": schemas.UserListQuery,
    "/api/v1/articles": schemas.ArticleListQuery,
    "/api/v1/articles/{article_id}/comments": schemas.CommentListQuery,
    "/api/v2/articles": schemas.ArticleKeysetQuery,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_the_parameters_of_its_model(path: str) -> None:
    parameters = openapi_document()["paths"][path]["get"]["parameters"]
    names = [PARAMETERS[part["$ref"].rpartition("/")[2]]["name"] for part in parameters]
    assert names == list(LISTS[path].model_fields)


def test_the_codes_are_those_of_the_problems() -> None:
    assert SCHEMAS["ProblemCode"]["enum"] == list(KINDS)
    assert set(SCHEMAS["Fault"]["properties"]["code"]["enum"]) == set(FAULT_DETAILS)


KEYWORDS = {"type", "minLength", "maxLength", "pattern", "minimum", "maximum", "maxItems", "enum", "default", "items"}


def plain(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A member's schema without references and notes, null being one of its types."""
    found: dict[str, Any] = {}
    if "$ref" in schema:
        found |= plain(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for part in schema.get("anyOf", []):
        told = plain(part, definitions)
        kinds = [*found.get("type", []), *told["type"]]
        found |= {**told, "type": kinds}
    found |= {name: value for name, value in schema.items() if name in KEYWORDS}
    if "items" in found:
        found["items"] = plain(found["items"], definitions)
    if isinstance(found.get("type"), str):
        found["type"] = [found["type"]]
    return found


@pytest.mark.parametrize("name", MODELS)
def test_a_body_is_described_as_its_model_takes_it(name: str) -> None:
    model: type[BaseModel] = getattr(schemas, name)
    taken = model.model_json_schema()
    described = SCHEMAS[SCHEMAS[name].get("$ref", name).rpartition("/")[2]]
    assert (taken["type"], taken["additionalProperties"]) == ("object", False)
    assert described["additionalProperties"] is False
    assert set(described.get("required", [])) == set(taken.get("required", []))
    patch = name.endswith("Update")
    for member, schema in taken["properties"].items():
        expected = plain(schema, taken.get("$defs", {}))
        if patch:
            # What is absent from a patch has no value at all, whatever the model keeps in its place.
            expected.pop("default", None)
        elif member == "tags":
            expected.setdefault("default", [])
        assert plain(described["properties"][member], SCHEMAS) == expected
    assert set(described["properties"]) == set(taken["properties"])


@pytest.mark.parametrize("name", [name for name, schema in SCHEMAS.items() if "examples" in schema])
def test_an_example_fits_its_schema(name: str) -> None:
    for example in SCHEMAS[name]["examples"]:
        expect_valid(name, example)


@pytest.mark.parametrize("name", MODELS)
def test_an_example_of_a_body_is_taken(name: str) -> None:
    for media_type in COMPONENTS["requestBodies"][name]["content"].values():
        for example in media_type["examples"].values():
            schemas.validate_body(getattr(schemas, name), example["value"])


def test_the_example_of_a_cursor_is_one() -> None:
    (example,) = SCHEMAS["Cursor"]["examples"]
    assert parse_cursor(example) == Cursor(NOW, 7)
    slices = [COMPONENTS["examples"][name]["value"]["meta"]["next"] for name in ("slice", "last_slice")]
    assert slices == [example, None]


SHOWN = {
    "User": user_representation(USER),
    "UserPage": page_representation([user_representation(USER)], total=1, skip=0, limit=20),
    "Article": article_representation(ARTICLE),
    "ArticlePage": page_representation([article_representation(ARTICLE)], total=1, skip=0, limit=20),
    "ArticleSlice": keyset_representation([article_representation(ARTICLE)], limit=20, following=Cursor(NOW, 3)),
    "Comment": comment_representation(COMMENT),
    "CommentPage": page_representation([comment_representation(COMMENT)], total=1, skip=0, limit=20),
    "Token": token_representation("abc", expires_in=1800),
    "Root": root_representation("pytest"),
    "CredentialsProblem": invalid_credentials().body("id"),
    "TokenRequestProblem": Problem("invalid_request", extra={"error": "unsupported_grant_type"}).body("id"),
    "ValidationProblem": Problem("validation_failed", faults=[fault("", "type"), fault("query:q", "unknown")]).body(
        "id"
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_the_service_shows_fits_its_schema(name: str) -> None:
    expect_valid(name, SHOWN[name])
    members = SCHEMAS[name].get("properties")
    assert members is None or list(members) == list(SHOWN[name])


@pytest.mark.parametrize("code", KINDS)
def test_every_problem_fits_its_schema(code: str) -> None:
    expect_valid("Problem", Problem(code).body(request_id(None)))
