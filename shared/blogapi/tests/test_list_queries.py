"""The queries of lists: literals, bounds, repetitions, names."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from blogapi.jsonbody import dump_json
from blogapi.problems import FAULT_DETAILS, Problem
from blogapi.queries import query_pairs
from blogapi.schemas import ArticleListQuery, UserListQuery, validate_query


def parse(query: str | bytes, model: type[BaseModel] = ArticleListQuery) -> dict[str, object]:
    """What a query asks for."""
    return validate_query(model, query_pairs(query)).model_dump(exclude_unset=True)


def faults(query: str | bytes, model: type[BaseModel] = ArticleListQuery) -> dict[str, str]:
    """The code of each fault by its pointer."""
    with pytest.raises(Problem) as problem:
        parse(query, model)
    dump_json(problem.value.body("id"))
    return {fault.pointer: fault.code for fault in problem.value.faults}


def test_without_a_query_the_defaults_hold() -> None:
    users = validate_query(UserListQuery, query_pairs("")).model_dump()
    assert users == {"skip": 0, "limit": 20, "sort": "-created_at"}
    narrowing = {"author_id": None, "tag": None, "published": None, "q": None}
    assert validate_query(ArticleListQuery, query_pairs("")).model_dump() == {**users, **narrowing}


ACCEPTED: list[tuple[str, dict[str, object]]] = [
    ("skip=0", {"skip": 0}),
    ("skip=-0", {"skip": 0}),
    (f"skip={2**63 - 1}", {"skip": 2**63 - 1}),
    (f"skip={10**18}", {"skip": 10**18}),
    ("limit=1", {"limit": 1}),
    ("limit=100", {"limit": 100}),
    ("limit=007", {"limit": 7}),
    ("limit=" + "0" * 30 + "7", {"limit": 7}),
    ("author_id=1", {"author_id": 1}),
    (f"author_id={2**63 - 1}", {"author_id": 2**63 - 1}),
    ("published=true", {"published": True}),
    ("published=false", {"published": False}),
    ("tag=a", {"tag": "a"}),
    ("tag=" + "-" * 30, {"tag": "-" * 30}),
    ("q=%20", {"q": " "}),
    ("q=a+b%2Bc", {"q": "a b+c"}),
    ("q=" + "%F0%9F%98%80" * 200, {"q": "😀" * 200}),
    ("q=%25_%5C", {"q": "%_\\"}),
    ("q=a%3Db%26c;d", {"q": "a=b&c;d"}),
    ("sort=-title", {"sort": "-title"}),
    ("&&limit=5&", {"limit": 5}),
]


@pytest.mark.parametrize(("query", "expected"), ACCEPTED, ids=[query[:24] for query, _ in ACCEPTED])
def test_a_value_at_its_bound_is_taken(query: str, expected: dict[str, object]) -> None:
    assert parse(query) == expected
    assert parse(query.encode()) == expected


REFUSED = [
    ("skip=-1", "too_small"),
    (f"skip={2**63}", "too_large"),
    ("skip=" + "9" * 10_000, "too_large"),
    ("skip=-" + "9" * 10_000, "too_small"),
    ("limit=0", "too_small"),
    ("limit=101", "too_large"),
    ("limit=", "type"),
    ("limit", "type"),
    ("limit=1.0", "type"),
    ("limit=1e1", "type"),
    ("limit=%2B1", "type"),
    ("limit=+1", "type"),
    ("limit=1%0A", "type"),
    ("limit=1_0", "type"),
    ("limit=%D9%A1", "type"),
    ("limit=--1", "type"),
    ("limit=%FF", "type"),
    ("author_id=0", "too_small"),
    (f"author_id={2**63}", "too_large"),
    ("author_id=me", "type"),
    ("published=", "type"),
    ("published=True", "type"),
    ("published=1", "type"),
    ("tag=", "invalid"),
    ("tag=" + "a" * 31, "invalid"),
    ("tag=A", "invalid"),
    ("tag=a%00", "characters"),
    ("q=", "too_short"),
    ("q=" + "a" * 201, "too_long"),
    ("q=%00" + "a" * 201, "characters"),
    ("q=%FF", "characters"),
    ("q=%ED%A0%80", "characters"),
    ("q=a%C3", "characters"),
    ("sort=", "invalid"),
    ("sort=id", "invalid"),
    ("sort=username", "invalid"),
    ("sort=%00", "characters"),
    ("sort=%FF", "characters"),
    ("page=1", "unknown"),
    ("Limit=1", "unknown"),
    ("limit%5B%5D=1", "unknown"),
    ("limit=1&limit=1", "duplicate"),
    ("limit=x&limit=1", "duplicate"),
    ("q=a&q=%FF&q=", "duplicate"),
]


@pytest.mark.parametrize(("query", "code"), REFUSED, ids=[query[:24] for query, _ in REFUSED])
def test_a_value_beyond_its_bound_is_refused(query: str, code: str) -> None:
    (name, _), *_ = query_pairs(query)
    assert faults(query) == {f"query:{name}": code}


def test_users_are_sorted_and_narrowed_by_their_own_parameters_only() -> None:
    assert parse("sort=-username", UserListQuery) == {"sort": "-username"}
    assert faults("sort=title&tag=a&q=b", UserListQuery) == {
        "query:q": "unknown",
        "query:sort": "invalid",
        "query:tag": "unknown",
    }


def test_all_faults_of_a_query_are_told_and_sorted() -> None:
    told = faults("z=1&limit=0&skip=a&q=&tag=A&a/b=1&sort=x&sort=y")
    assert list(told) == sorted(told)
    assert told == {
        "query:a/b": "unknown",
        "query:limit": "too_small",
        "query:q": "too_short",
        "query:skip": "type",
        "query:sort": "duplicate",
        "query:tag": "invalid",
        "query:z": "unknown",
    }


@pytest.mark.parametrize("query", ["%FF=1", "%00=1", "%ED%A0%80=1", "limit%FF=1"])
def test_a_parameter_whose_name_is_no_text_is_unknown(query: str) -> None:
    assert list(faults(query).values()) == ["unknown"]


def test_bytes_that_are_not_percent_encoded_are_utf_8_too() -> None:
    assert parse("q=Grüße 😀".encode()) == {"q": "Grüße 😀"}
    assert faults(b"q=a\xff") == {"query:q": "characters"}
    assert query_pairs("password=pässword".encode()) == [("password", "pässword")]


def test_thousands_of_parameters_are_refused_in_a_moment() -> None:
    query = "&".join(f"p{number}" for number in range(12_000))
    started = time.process_time()
    assert len(faults(query)) == 12_000
    assert time.process_time() - started < 1


ESCAPES = st.binary(max_size=4).map(lambda raw: "".join(f"%{byte:02X}" for byte in raw))
NAMES = st.sampled_from(sorted(ArticleListQuery.model_fields)) | ESCAPES
VALUES = (
    ESCAPES | st.integers().map(str) | st.sampled_from(["true", "title", "-title", "api", "%", "%4", "%GG", "a=b", ""])
)


@given(st.lists(st.tuples(NAMES, VALUES).map("=".join) | ESCAPES, max_size=6).map("&".join))
def test_whatever_is_asked_is_taken_or_refused_with_faults_that_can_be_sent(query: str) -> None:
    try:
        parse(query)
    except Problem as problem:
        dump_json(problem.body("id"))
        assert problem.faults
        assert {fault.code for fault in problem.faults} <= set(FAULT_DETAILS)
