"""Root, health, ping, the description, the docs page and the pages about problems (section 10)."""

import json
import re
from urllib.parse import urljoin, urlsplit

import pytest

from clauses import clause
from client import Client
from problems import PROBLEMS
from routes import METHODS
from target import Target

VERSION = re.compile(r"\d+(\.\d+)+.*")
HTML = {"Content-Type": "text/html; charset=utf-8"}


@clause("10.1")
def test_the_root_names_the_service(anonymous: Client) -> None:
    answer = anonymous.get("/").expect(200).expect_headers({"Content-Type": "application/json"})
    told = {name: answer.body[name] for name in ("version", "framework", "framework_version")}
    answer.expect_body({"name": "blog-api", **told, "docs": "/docs", "openapi": "/openapi.json"})
    assert VERSION.fullmatch(told["version"]) and VERSION.fullmatch(told["framework_version"])
    assert re.fullmatch(r"[A-Za-z][A-Za-z ]*", told["framework"])


@clause("10.2")
@pytest.mark.parametrize(("path", "status"), [("/health", "ok"), ("/health/live", "ok"), ("/health/ready", "ready")])
def test_a_healthy_service_says_so(anonymous: Client, path: str, status: str) -> None:
    answer = anonymous.get(path).expect(200, {"status": status})
    answer.expect_headers({"Content-Type": "application/json"})


@clause("10.3", "1.1")
def test_ping_answers_pong(anonymous: Client) -> None:
    answer = anonymous.get("/api/v1/ping").expect(200, {"pong": True})
    answer.expect_headers({"Content-Type": "application/json"})


@clause("10.4")
def test_the_description_is_valid_openapi_3_1(anonymous: Client) -> None:
    # One test's import of half a second, which each worker would pay for.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    answer = anonymous.get("/openapi.json").expect(200).expect_headers({"Content-Type": "application/json"})
    assert answer.body["openapi"].startswith("3.1.")
    assert not [error.message for error in OpenAPIV31SpecValidator(answer.body).iter_errors()]


@clause("10.4")
@pytest.mark.parametrize("path", [path for path in METHODS if not path.startswith("/docs")])
def test_the_description_names_each_operation(anonymous: Client, path: str) -> None:
    described = anonymous.get("/openapi.json").expect(200).body["paths"]
    templates = {re.sub(r"\{[^}]+\}", "*", template): item for template, item in described.items()}
    item = templates[path.replace("/1", "/*").replace("/not_found", "/*")] if path != "/openapi.json" else None
    wanted = set(METHODS[path]) - {"HEAD", "OPTIONS"}
    assert item is None or {name.upper() for name in item} & set(METHODS[path]) - {"HEAD", "OPTIONS"} == wanted


@clause("10.4")
def test_the_description_names_no_outside_server(anonymous: Client) -> None:
    servers = anonymous.get("/openapi.json").expect(200).body.get("servers", [])
    assert [server["url"] for server in servers if urlsplit(server["url"]).netloc] == []


def references(html: str) -> list[str]:
    """All that a page loads."""
    return re.findall(r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)""", html)


@clause("10.5")
def test_the_docs_page_loads_only_what_the_service_has(anonymous: Client, settings: Target) -> None:
    page = anonymous.get("/docs").expect(200).expect_headers(HTML)
    loaded = [urlsplit(urljoin(f"{settings.base_url}/docs", reference)) for reference in references(page.text)]
    assert loaded and all(url.netloc == settings.host for url in loaded if url.scheme != "data")
    for url in loaded:
        if url.scheme != "data":
            assert anonymous.get(url.path).expect(200).content


@clause("10.5")
def test_the_docs_page_or_a_script_of_it_names_the_description(anonymous: Client) -> None:
    page = anonymous.get("/docs").expect(200).text
    scripts = [anonymous.get(urljoin("/docs", name)).text for name in references(page) if name.endswith(".js")]
    assert [text for text in (page, *scripts) if "openapi.json" in text]


@clause("10.5")
def test_the_docs_page_names_no_outside_host(anonymous: Client) -> None:
    text = anonymous.get("/docs").expect(200).text
    assert not re.findall(r"https?://(?!www\.w3\.org/)[^\s\"'<>]+", text)


@clause("2.3", "10.5")
def test_the_policy_of_the_docs_page_names_no_outside_host(anonymous: Client) -> None:
    policy = anonymous.get("/docs").expect(200).headers["Content-Security-Policy"]
    directives = {words[0]: words[1:] for words in (part.split() for part in policy.split(";")) if words}
    assert directives["default-src"] == ["'none'"] and directives["frame-ancestors"] == ["'none'"]
    sources = {source for values in directives.values() for source in values}
    assert not [source for source in sources if not re.fullmatch(r"'[^']+'|data:|blob:", source)]


@clause("10.6", "11.2")
@pytest.mark.parametrize("code", PROBLEMS)
def test_each_code_has_a_page(anonymous: Client, code: str) -> None:
    page = anonymous.get(f"/problems/{code}").expect(200).expect_headers(HTML)
    title = PROBLEMS[code][1]
    assert code in page.text and title in page.text and str(PROBLEMS[code][0]) in page.text


@clause("10.6", "1.11")
@pytest.mark.parametrize("code", ["nothing", "not-found", "404", "__init__", "%3Cscript%3E", "%00", "%FF"])
def test_another_code_has_no_page(anonymous: Client, code: str) -> None:
    answer = anonymous.get(f"/problems/{code}").expect_problem(404, "not_found")
    assert "<script>" not in answer.text


@clause("11.1", "1.11")
def test_an_error_tells_nothing_of_the_inside(anonymous: Client, editor: Client) -> None:
    answers = [
        anonymous.get("/api/v1/articles?q=%00&sort=';--"),
        anonymous.get("/nowhere"),
        anonymous.with_token("a.b.c").get("/api/v1/users/me"),
        editor.post("/api/v1/articles", {"title": [], "tags": {}}),
        editor.request("POST", "/api/v1/articles", content=b"{", headers={"Content-Type": "application/json"}),
    ]
    inside = r"Traceback|File \"|\.py\b|SELECT |INSERT |sqlite|psycopg|pydantic|Exception|Error\b|<class|0x[0-9a-f]{6}"
    assert not [answer for answer in answers if re.search(inside, json.dumps(answer.body))]
