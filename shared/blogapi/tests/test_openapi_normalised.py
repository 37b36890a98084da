"""The form in which documents are compared: equal for what means the same, and unequal for anything that binds."""

from copy import deepcopy
from typing import Any

import pytest

from blogapi.openapi import METHODS, normalised, openapi_document

Json = dict[str, Any]


def document(schema: object, **operation: object) -> Json:
    """A document whose one answer has this schema."""
    answer = {"description": "x", "content": {"application/json": {"schema": schema}}}
    return {
        "paths": {"/": {"get": {"operationId": "root", "responses": {"200": answer}, **operation}}},
        "components": {
            "schemas": {
                "Id": {"type": "integer", "minimum": 1, "title": "An id"},
                "Problem": {
                    "type": "object",
                    "required": ["status", "code"],
                    "properties": {"status": {"type": "integer"}, "code": {"type": "string", "enum": ["a", "b", "c"]}},
                },
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token."},
                "http": {"type": "http", "scheme": "bearer"},
                "flow": {"type": "oauth2", "flows": {"password": {"tokenUrl": "/t", "scopes": {}}}},
            },
        },
    }


def schema_of(schema: object) -> object:
    return normalised(document(schema))["/"]["get"]["responses"]["200"]["content"]["application/json"]


ID = {"type": "integer", "minimum": 1}
SAME = {
    "a reference": ({"$ref": "#/components/schemas/Id"}, ID),
    "a reference with more beside it": ({"$ref": "#/components/schemas/Id", "default": 3}, {**ID, "default": 3}),
    "notes": ({**ID, "title": "t", "description": "d", "examples": [1], "format": "int64", "x-y": 1}, ID),
    "members named like notes": (
        {"properties": {"title": {"title": "T", **ID}}, "type": "object"},
        {"type": "object", "properties": {"title": ID}},
    ),
    "the order of types": ({"type": ["null", "integer"]}, {"type": ["integer", "null"]}),
    "null as a branch": (
        {"anyOf": [ID, {"type": "null"}], "default": None},
        {**ID, "type": ["integer", "null"], "default": None},
    ),
    "null among values": ({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}, {"enum": ["a", None]}),
    "a constant": ({"const": "a"}, {"type": "string", "enum": ["a"]}),
    "the order of values": ({"enum": ["b", "a"]}, {"enum": ["a", "b"]}),
    "the order of what is required": (
        {"type": "object", "required": ["b", "a"], "properties": {}},
        {"type": "object", "required": ["a", "b"], "properties": {}},
    ),
    "nothing required": ({"type": "object", "required": []}, {"type": "object"}),
    "other members": ({"type": "object", "additionalProperties": True}, {"type": "object"}),
    "the order of branches": ({"oneOf": [{"type": "string"}, ID]}, {"oneOf": [ID, {"type": "string"}]}),
    "below items": ({"items": {"$ref": "#/components/schemas/Id"}, "type": "array"}, {"type": "array", "items": ID}),
    "one object of two": (
        {
            "allOf": [
                {"$ref": "#/components/schemas/Problem"},
                {"properties": {"code": {"enum": ["b"]}, "more": ID}, "required": ["more"]},
            ]
        },
        {
            "type": "object",
            "required": ["code", "more", "status"],
            "properties": {"status": {"type": "integer"}, "code": {"const": "b"}, "more": ID},
        },
    ),
    "two that differ": (
        {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}]},
        {"type": "string", "pattern": "^a", "allOf": [{"pattern": "b$"}]},
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_two_ways_to_say_one_thing_are_equal(one: object, other: object) -> None:
    assert schema_of(one) == schema_of(other)


DIFFERENT = {
    "a bound": ({**ID, "minimum": 0}, ID),
    "null": ({**ID, "type": ["integer", "null"]}, ID),
    "a default": ({**ID, "default": 1}, ID),
    "a null default": ({"type": ["integer", "null"], "default": None}, {"type": ["integer", "null"]}),
    "a value": ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    "no other members": ({"type": "object", "additionalProperties": False}, {"type": "object"}),
    "a required member": ({"type": "object", "required": ["a"]}, {"type": "object"}),
    "different items": ({"type": "array", "uniqueItems": True}, {"type": "array"}),
    "the kind of choice": ({"oneOf": [ID, {"type": "string"}]}, {"anyOf": [ID, {"type": "string"}]}),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_binds_is_kept(one: object, other: object) -> None:
    assert schema_of(one) != schema_of(other)


def parameters_of(*parameters: Json, of_path: tuple[Json, ...] = ()) -> object:
    described = document(ID, parameters=list(parameters))
    described["paths"]["/"]["parameters"] = list(of_path)
    return normalised(described)["/"]["get"].get("parameters")


Q = {"name": "q", "in": "query", "schema": {"type": "string"}}
H = {"name": "H", "in": "header", "required": True, "schema": {"type": "string"}}


def test_parameters_of_a_path_are_those_of_its_operations() -> None:
    assert parameters_of(Q, of_path=(H,)) == parameters_of(H, Q) == [H, Q]
    assert parameters_of(Q, of_path=({**Q, "required": True},)) == [Q]


def test_a_parameter_that_is_absent_is_no_null() -> None:
    nullable = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    assert parameters_of({**Q, "required": False, "schema": nullable, "description": "d"}) == [Q]
    values = {"enum": ["a", None]}
    assert parameters_of({**Q, "schema": values}) == parameters_of({**Q, "schema": {"const": "a", "type": "string"}})
    assert parameters_of({**Q, "schema": {"type": "string", "default": "a"}}) != [Q]


def security_of(*requirements: Json) -> object:
    return normalised(document(ID, security=list(requirements)))["/"]["get"].get("security")


def test_a_security_scheme_is_what_it_is_and_not_its_name() -> None:
    assert security_of({"bearer": []}, {"flow": []}) == security_of({"flow": []}, {"http": []})
    assert security_of({"bearer": []}) != security_of({"flow": []})
    assert security_of({"bearer": []}, {}) != security_of({"bearer": []})
    assert security_of({}) == security_of() is None


def test_the_security_of_the_document_is_that_of_operations_without_their_own() -> None:
    described = document(ID)
    described["security"] = [{"bearer": []}]
    assert normalised(described)["/"]["get"]["security"] == security_of({"bearer": []})


def test_the_contract_in_that_form_still_has_every_operation_answer_and_header() -> None:
    contract = openapi_document()
    before = deepcopy(contract)
    plain = normalised(contract)
    assert contract == before
    for path, item in contract["paths"].items():
        assert set(plain[path]) == set(item) & set(METHODS)
        for method, operation in plain[path].items():
            assert set(operation["responses"]) == set(item[method]["responses"])
            assert "$ref" not in repr(operation)
            assert "'description'" not in repr(operation)
    created = plain["/api/v1/articles"]["post"]["responses"]["201"]
    assert created["headers"]["Location"]["required"] is True
    assert set(created) == {"headers", "content"}


CHANGES = {
    "a bound": lambda components: components["schemas"]["Age"].update(maximum=151),
    "a header": lambda components: components["responses"]["ArticleCreated"]["headers"].pop("Location"),
    "a header that is needed": lambda components: components["headers"]["ETag"].pop("required"),
    "a code": lambda components: components["schemas"]["ProblemCode"]["enum"].append("other"),
    "a media type": lambda components: components["requestBodies"]["UserUpdate"]["content"].popitem(),
    "a body that is needed": lambda components: components["requestBodies"]["UserCreate"].pop("required"),
    "a default": lambda components: components["parameters"]["Limit"]["schema"].update(default=21),
    "a scheme": lambda components: components["securitySchemes"]["passwordFlow"]["flows"]["password"].update(
        tokenUrl="/"
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_contract_shows(name: str) -> None:
    changed = deepcopy(openapi_document())
    CHANGES[name](changed["components"])
    assert normalised(changed) != normalised(openapi_document())
