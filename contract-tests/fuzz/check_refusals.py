"""What may be refused by design, and what may not."""

import pytest
from refusals import Exchange, is_by_design, value_at

NO_HEADERS: frozenset[str] = frozenset()


def refused(pointer: str, code: str, body: object, **query: object) -> Exchange:
    """A 422 with one fault."""
    return Exchange(NO_HEADERS, body, 422, ({"pointer": pointer, "code": code},), query)


@pytest.mark.parametrize(
    "seen",
    [
        refused("/age", "type", {"age": 1.0}),
        refused("/body", "characters", {"body": "a\x00"}),
        refused("query:q", "characters", None, q="\x00"),
        refused("query:after", "invalid", None, after="AAAA"),
        refused("/email", "invalid", {"email": "a" * 65 + "@b.c"}),
        Exchange(frozenset({"if-match"}), None, 412),
    ],
)
def test_what_no_schema_can_say_may_be_refused(seen: Exchange) -> None:
    """Each of the reasons holds for a value of its kind."""
    assert is_by_design(seen)


@pytest.mark.parametrize(
    "seen",
    [
        refused("/age", "type", {"age": 1}),
        refused("/age", "type", {"age": 1.5}),
        refused("/age", "too_large", {"age": 1.0}),
        refused("/body", "characters", {"body": "a"}),
        refused("/email", "invalid", {"email": "a" * 64 + "@b.c"}),
        refused("/title", "invalid", {"title": "a" * 65 + "@b.c"}),
        Exchange(NO_HEADERS, None, 412),
        Exchange(NO_HEADERS, {"age": 1.0}, 422),
        Exchange(NO_HEADERS, {"age": 1.0}, 400, ({"pointer": "/age", "code": "type"},)),
    ],
)
def test_everything_else_is_a_failure(seen: Exchange) -> None:
    """A value that the description and the contract both take is not refused for one of the reasons."""
    assert not is_by_design(seen)


def test_one_fault_without_a_reason_is_enough() -> None:
    """All faults of an answer need a reason."""
    faults = ({"pointer": "/age", "code": "type"}, {"pointer": "/name", "code": "too_long"})
    assert not is_by_design(Exchange(NO_HEADERS, {"age": 1.0, "name": "a"}, 422, faults))


def test_a_pointer_is_followed_through_objects_and_arrays() -> None:
    """RFC 6901, escapes included; None where nothing is."""
    assert value_at({"a/b": [{"~": 3}]}, "/a~1b/0/~0") == 3
    assert value_at({"a": [1]}, "/a/1") is None
    assert value_at("text", "/a") is None
