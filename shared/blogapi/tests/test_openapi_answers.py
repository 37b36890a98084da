"""The answers of the OpenAPI document: their headers, their problems and their examples."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it ships no types

from blogapi import cors
from blogapi.http import DOCS_POLICY, security_headers
from blogapi.login import invalid_credentials
from blogapi.openapi import openapi_document, resolved
from blogapi.problems import KINDS, Problem
from blogapi.settings import Settings

Json = dict[str, Any]
DOCUMENT = openapi_document()
OPERATIONS: dict[str, Json] = {
    operation["operationId"]: {"path": path, "method": method, **operation}
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
PAGES = {"user_list", "article_list", "comment_list"}
MANY = PAGES | {"article_slice"}
ONE = {"user_me", "user_get", "article_get", "comment_get"}
FORMATS = FormatChecker()
CORS = {"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers"}
# Members of problems that depend on the request.
BESIDE = {"validation_failed": ["errors"], "invalid_request": ["error"]}


def codes_of(response: Json) -> set[str]:
    """The problem codes that a response names, in its own schema or those that it refers to."""
    codes: set[str] = set()
    schemas = [response["content"]["application/problem+json"]["schema"]]
    while schemas:
        schema = schemas.pop()
        if "$ref" in schema and not schema["$ref"].endswith("/Problem"):
            schemas.append(resolved(DOCUMENT, schema))
        schemas += schema.get("allOf", []) + schema.get("oneOf", [])
        code = schema.get("properties", {}).get("code", {})
        codes |= set(code.get("enum", [])) | ({code["const"]} if "const" in code else set())
    return codes


SECURITY = {"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy"}
REQUIRED_OF_ALL = {"X-Request-ID", "Server-Timing", *SECURITY}
OPTIONAL_OF_ALL = {
    "Vary",
    "Strict-Transport-Security",
    *CORS,
}
RATES = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
BY_STATUS = {
    "201": {"Location"},
    "304": {"ETag"},
    "401": {"WWW-Authenticate"},
    "405": {"Allow"},
    "415": {"Accept"},
    "429": {"Retry-After"},
    "503": {"Retry-After"},
}


def answers(name: str) -> list[tuple[str, Json]]:
    return [(status, resolved(DOCUMENT, reference)) for status, reference in OPERATIONS[name]["responses"].items()]


def headers_of(answer: Json, *, required: bool) -> set[str]:
    return {
        name
        for name, header in answer["headers"].items()
        if resolved(DOCUMENT, header).get("required", False) is required
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_the_headers_that_it_always_has(name: str) -> None:
    for status, answer in answers(name):
        expected = REQUIRED_OF_ALL | {"Cache-Control"} | BY_STATUS.get(status, set())
        if status in ("200", "304") and name in ONE | MANY:
            expected |= {"Vary"} | ({"ETag"} if name in ONE else set())
        assert headers_of(answer, required=True) == expected


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_the_headers_that_it_may_have(name: str) -> None:
    for status, answer in answers(name):
        may_have = headers_of(answer, required=False) | {"Vary"}
        assert may_have >= OPTIONAL_OF_ALL
        assert ("Content-Encoding" in may_have) == ("content" in answer)
        assert ("Link" in may_have) == (status == "200" and name in PAGES)
        # What comes before the count has no rates; refusals that are shared with what is not counted may have them.
        assert may_have & RATES in (set(), RATES)
        if status < "400" or status in ("412", "422", "429"):
            assert (may_have >= RATES) == (not name.startswith(("health", "metrics")))
        if status < "400" or status == "412":
            assert ("API-Version" in may_have) == (OPERATIONS[name]["path"].startswith("/api/"))


CACHE = {
    "user_": ["private, no-cache"],
    "token_": ["no-store"],
    "ping": ["no-store"],
    "health": ["no-store"],
    "metrics": ["no-store"],
}
SEEN_BY_ALL = ["private, no-cache", "public, max-age=0, must-revalidate"]


def values(header: Json) -> list[str]:
    schema = resolved(DOCUMENT, header)["schema"]
    found: list[str] = schema.get("enum", [schema.get("const")])
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_caches_may_keep_is_told(name: str) -> None:
    told = [kept for prefix, kept in CACHE.items() if name.startswith(prefix)]
    is_public = {} in OPERATIONS[name].get("security", [])
    is_of_resource = name.startswith(("user_", "article_", "comment_"))
    expected = SEEN_BY_ALL if is_public else ["private, no-cache"] if is_of_resource else ["no-cache"]
    for status, answer in answers(name):
        wanted = ["no-store"] if status >= "400" else told[0] if told else expected
        assert values(answer["headers"]["Cache-Control"]) == wanted


def test_the_values_of_the_headers_are_those_of_the_code() -> None:
    headers = DOCUMENT["components"]["headers"]
    security = security_headers(Settings.model_validate({"_env_file": None, "hsts_seconds": 60}))
    for name, value in security.items():
        Draft202012Validator(headers[name]["schema"]).validate(value)
    Draft202012Validator(headers["DocsPolicy"]["schema"]).validate(DOCS_POLICY)
    assert values(headers["Access-Control-Expose-Headers"]) == [", ".join(cors.EXPOSED_HEADERS)]
    prose = " ".join(DOCUMENT["info"]["description"].split())
    assert f"`Access-Control-Allow-Methods: {', '.join(cors.ALLOWED_METHODS)}`" in prose
    assert f"`Access-Control-Allow-Headers: {', '.join(cors.ALLOWED_HEADERS)}`" in prose
    assert f"`Access-Control-Max-Age: {cors.MAX_AGE_SECONDS}`" in prose


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_answer_is_a_problem_with_codes_of_its_status_or_a_success(name: str) -> None:
    for status, answer in answers(name):
        if status >= "400":
            assert list(answer["content"]) == ["application/problem+json"]
            assert {str(KINDS[code].status) for code in codes_of(answer)} == {status}
        assert ("content" in answer) == (status not in ("204", "304"))


def media() -> Iterator[tuple[str, Json]]:
    """Each media type of each body, with what has it."""
    for kind in ("requestBodies", "responses"):
        for name, part in DOCUMENT["components"][kind].items():
            for media_type, content in part.get("content", {}).items():
                yield f"{name}-{media_type}", content


@pytest.mark.parametrize("content", [content for _, content in media()], ids=[name for name, _ in media()])
def test_each_body_has_examples_that_fit_its_schema(content: Json) -> None:
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    for example in content["examples"].values():
        Draft202012Validator(schema, format_checker=FORMATS).validate(resolved(DOCUMENT, example)["value"])
    assert content["examples"]


@pytest.mark.parametrize("name", [name for name, header in DOCUMENT["components"]["headers"].items()])
def test_a_header_is_of_few_values_or_has_an_example_that_fits(name: str) -> None:
    header = DOCUMENT["components"]["headers"][name]
    if "example" in header:
        Draft202012Validator(header["schema"]).validate(header["example"])
    else:
        assert {"const", "enum"} & set(header["schema"]) or name in ("DocsPolicy", "Strict-Transport-Security", *CORS)


@pytest.mark.parametrize("code", KINDS)
def test_the_example_of_a_problem_is_what_is_answered(code: str) -> None:
    example = DOCUMENT["components"]["examples"][code]["value"]
    problem = invalid_credentials() if code == "invalid_credentials" else Problem(code)
    assert {**problem.body("checkout-4711"), **{name: example.get(name) for name in BESIDE.get(code, ())}} == example


def test_the_answers_name_every_code_that_there_is() -> None:
    answers = [response for response in DOCUMENT["components"]["responses"].values() if "content" in response]
    problems = [answer for answer in answers if "application/problem+json" in answer["content"]]
    assert set().union(*map(codes_of, problems)) == set(KINDS)
