"""Query parameters that break a rule (9.7 to 9.10)."""

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, path_of

ARTICLES = "/api/v1/articles"
USERS = "/api/v1/users"

INTEGERS = {
    "limit-0": ("limit=0", "too_small"),
    "limit-101": ("limit=101", "too_large"),
    "limit-negative": ("limit=-1", "too_small"),
    "limit-2^63": (f"limit={2**63}", "too_large"),
    "limit-far-too-large": ("limit=" + "9" * 3_000, "too_large"),
    "limit-word": ("limit=abc", "type"),
    "limit-empty": ("limit=", "type"),
    "limit-without-value": ("limit", "type"),
    "limit-fraction": ("limit=1.0", "type"),
    "limit-exponent": ("limit=1e1", "type"),
    "limit-plus": ("limit=%2B1", "type"),
    "limit-space": ("limit=+1", "type"),
    "limit-space-after": ("limit=1%20", "type"),
    "limit-newline-after": ("limit=1%0A", "type"),
    "limit-underscore": ("limit=1_0", "type"),
    "limit-arabic": ("limit=%D9%A1", "type"),
    "limit-hex": ("limit=0x1", "type"),
    "limit-true": ("limit=true", "type"),
    "limit-null": ("limit=null", "type"),
    "limit-nul": ("limit=1%00", "type"),
    "limit-semicolon": ("limit=1;skip=2", "type"),
    "skip-negative": ("skip=-1", "too_small"),
    "skip-2^63": (f"skip={2**63}", "too_large"),
    "skip-far-too-small": ("skip=-" + "9" * 3_000, "too_small"),
    "skip-word": ("skip=abc", "type"),
    "skip-empty": ("skip=", "type"),
    "sort-unknown": ("sort=id", "invalid"),
    "sort-empty": ("sort=", "invalid"),
    "sort-plus": ("sort=%2Bcreated_at", "invalid"),
    "sort-capitals": ("sort=CREATED_AT", "invalid"),
    "sort-nul": ("sort=created_at%00", "characters"),
    "sort-bad-utf-8": ("sort=%FF", "characters"),
    "sort-two": ("sort=created_at,username", "invalid"),
    "unknown": ("page=1", "unknown"),
    "unknown-twice": ("page=1&page=2", "unknown"),
    "unknown-without-value": ("page", "unknown"),
    "limit-in-capitals": ("Limit=1", "unknown"),
    "limit-as-list": ("limit[]=1", "unknown"),
    "limit-twice": ("limit=1&limit=1", "duplicate"),
    "limit-twice-and-bad": ("limit=1&limit=x", "duplicate"),
    "skip-twice": ("skip=0&limit=1&skip=0", "duplicate"),
    "sort-twice": ("sort=created_at&sort=-created_at", "duplicate"),
}


def name_of(query: str) -> str:
    """The parameter that the fault of a query is about."""
    return query.partition("=")[0].partition("&")[0]


@clause("9.7", "9.8", "9.9", "9.10", "9.2", "1.11")
@pytest.mark.parametrize("path", [ARTICLES, USERS])
@pytest.mark.parametrize(("query", "code"), INTEGERS.values(), ids=INTEGERS.keys())
def test_a_parameter_of_every_list_is_held_to_its_rule(admin: Member, path: str, query: str, code: str) -> None:
    admin.get(f"{path}?{query}").expect_faults({f"query:{name_of(query)}": code})


OF_ARTICLES = {
    "sort-username": ("sort=username", "invalid"),
    "author-0": ("author_id=0", "too_small"),
    "author-negative": ("author_id=-5", "too_small"),
    "author-2^63": (f"author_id={2**63}", "too_large"),
    "author-word": ("author_id=me", "type"),
    "author-empty": ("author_id=", "type"),
    "author-twice": ("author_id=1&author_id=2", "duplicate"),
    "tag-empty": ("tag=", "invalid"),
    "tag-31": ("tag=" + "x" * 31, "invalid"),
    "tag-capital": ("tag=Tag", "invalid"),
    "tag-space": ("tag=a+b", "invalid"),
    "tag-comma": ("tag=a,b", "invalid"),
    "tag-umlaut": ("tag=%C3%A4", "invalid"),
    "tag-newline-after": ("tag=ab%0A", "invalid"),
    "tag-nul": ("tag=a%00", "characters"),
    "tag-bad-utf-8": ("tag=a%FF", "characters"),
    "tag-twice": ("tag=a&tag=b", "duplicate"),
    "published-capitals": ("published=True", "type"),
    "published-1": ("published=1", "type"),
    "published-0": ("published=0", "type"),
    "published-yes": ("published=yes", "type"),
    "published-empty": ("published=", "type"),
    "published-null": ("published=null", "type"),
    "published-twice": ("published=true&published=true", "duplicate"),
    "q-empty": ("q=", "too_short"),
    "q-201": ("q=" + "x" * 201, "too_long"),
    "q-201-astral": ("q=" + "%F0%9F%98%80" * 201, "too_long"),
    "q-nul": ("q=a%00b", "characters"),
    "q-bad-utf-8": ("q=%FF", "characters"),
    "q-cut-utf-8": ("q=a%C3", "characters"),
    "q-surrogate-in-utf-8": ("q=%ED%A0%80", "characters"),
    "q-overlong-utf-8": ("q=%C0%AF", "characters"),
    "q-nul-and-too-long": ("q=%00" + "x" * 201, "characters"),
    "q-twice": ("q=a&q=b", "duplicate"),
}


@clause("9.7", "9.8", "9.9", "8.6", "8.8", "8.9", "8.10", "1.11")
@pytest.mark.parametrize(("query", "code"), OF_ARTICLES.values(), ids=OF_ARTICLES.keys())
def test_a_parameter_of_the_list_of_articles_is_held_to_its_rule(anonymous: Client, query: str, code: str) -> None:
    anonymous.get(f"{ARTICLES}?{query}").expect_faults({f"query:{name_of(query)}": code})


@clause("9.10", "7.4")
@pytest.mark.parametrize("query", ["author_id=1", "tag=a", "published=true", "q=a"])
def test_the_list_of_users_does_not_know_the_filters_of_articles(admin: Member, query: str) -> None:
    admin.get(f"{USERS}?{query}").expect_faults({f"query:{name_of(query)}": "unknown"})


@clause("7.4")
@pytest.mark.parametrize("sort", ["title", "-title", "name", "email", "id"])
def test_users_are_sorted_by_username_and_creation_only(admin: Member, sort: str) -> None:
    admin.get(f"{USERS}?sort={sort}").expect_faults({"query:sort": "invalid"})


@clause("9.10", "1.11")
@pytest.mark.parametrize("query", ["%FF=1", "a%C3=1", "%00=1", "%ED%A0%80"])
def test_a_parameter_whose_name_is_no_text_is_unknown(anonymous: Client, query: str) -> None:
    answer = anonymous.get(f"{ARTICLES}?{query}").expect(422)
    assert [error["code"] for error in answer.body["errors"]] == ["unknown"]


@clause("9.7")
def test_all_faults_of_a_query_are_listed_in_one_answer(anonymous: Client) -> None:
    query = "zzz=1&limit=0&skip=-1&sort=x&author_id=a&tag=T&published=2&q=&Skip=1&a/b=1"
    faults = {"query:limit": "too_small", "query:skip": "too_small", "query:sort": "invalid", "query:zzz": "unknown"}
    faults |= {"query:author_id": "type", "query:tag": "invalid", "query:published": "type", "query:q": "too_short"}
    answer = anonymous.get(f"{ARTICLES}?{query}")
    answer.expect_faults({**faults, "query:Skip": "unknown", "query:a/b": "unknown"})


@clause("9.2")
@pytest.mark.parametrize(
    ("query", "meta"),
    [
        ("limit=1", {"skip": 0, "limit": 1}),
        ("limit=100", {"skip": 0, "limit": 100}),
        ("limit=007", {"skip": 0, "limit": 7}),
        ("limit=" + "0" * 40 + "7", {"skip": 0, "limit": 7}),
        ("skip=0", {"skip": 0, "limit": 20}),
        ("skip=-0", {"skip": 0, "limit": 20}),
        (f"skip={2**63 - 1}", {"skip": 2**63 - 1, "limit": 20}),
        ("", {"skip": 0, "limit": 20}),
    ],
)
def test_values_at_the_edge_are_accepted(anonymous: Client, tag: str, query: str, meta: dict[str, Json]) -> None:
    anonymous.get(f"{ARTICLES}?tag={tag}&{query}").expect(200, {"data": [], "meta": {"total": 0, **meta}})


@clause("1.8")
def test_operations_that_are_no_lists_ignore_the_query(
    anonymous: Client, editor: Member, make: Factory, article: dict[str, Json]
) -> None:
    query = "?limit=0&x=%FF&limit=2"
    anonymous.post(f"/api/v1/users{query}", make.registration()).expect(201)
    anonymous.get(path_of(article) + query).expect(200, article)
    editor.post(ARTICLES + query, {"title": "A title", "content": "x"}).expect(201)
    editor.patch(path_of(article) + query, {"title": "x"}).expect(200)
    editor.delete(path_of(article) + query).expect(204)


@clause("1.8")
@pytest.mark.parametrize(
    "path", ["/", "/health", "/health/live", "/health/ready", "/api/v1/ping", "/openapi.json", "/docs"]
)
def test_service_endpoints_ignore_the_query(anonymous: Client, path: str) -> None:
    anonymous.get(f"{path}?limit=0&x=%FF&limit=2").expect(200)


@clause("9.2")
@pytest.mark.parametrize("path", [ARTICLES, USERS])
def test_an_empty_query_is_no_query(admin: Member, path: str) -> None:
    admin.get(f"{path}?").expect(200)
