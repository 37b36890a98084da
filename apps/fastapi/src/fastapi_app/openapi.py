"""The document: FastAPI generates it from the handlers' signatures; here is what no signature says."""

from collections import defaultdict
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from blogapi import rules
from blogapi.login import FORM_MEDIA_TYPE
from blogapi.negotiation import JSON, MERGE_PATCH
from blogapi.problems import FAULT_DETAILS, KINDS, MEDIA_TYPE

REF = "#/components/schemas/{model}"
ProblemCode = Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]
FaultCode = Annotated[str, Field(json_schema_extra={"enum": list(FAULT_DETAILS)})]


class Problem(BaseModel):
    """Problem details (RFC 9457), sent whatever `Accept` says."""

    type: Annotated[str, Field(pattern="^/problems/[a-z_]+$", json_schema_extra={"format": "uri-reference"})]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: ProblemCode
    request_id: str


class Fault(BaseModel):
    """One thing wrong with a request's values."""

    model_config = ConfigDict(extra="forbid")

    pointer: Annotated[str, Field(pattern="^(/|query:|$)")]
    detail: str
    code: FaultCode


class ValidationProblem(Problem):
    """A problem that lists every fault."""

    code: Literal["validation_failed"]
    errors: Annotated[list[Fault], Field(min_length=1)]


class TokenRequestProblem(Problem):
    """A form that is not what RFC 6749 asks for."""

    code: Literal["invalid_request"]
    error: Literal["invalid_request", "unsupported_grant_type"]


class CredentialsProblem(Problem):
    """A log-in that failed."""

    code: Literal["invalid_credentials"]
    error: Literal["invalid_grant"]


class TokenRequest(BaseModel):
    """The form of the password grant (RFC 6749, section 4.3.2)."""

    grant_type: Literal["password"]
    username: Annotated[str, Field(min_length=1)]
    password: Annotated[str, Field(min_length=1, json_schema_extra={"format": "password"})]


OWN_MODELS: dict[str, type[Problem]] = {
    "invalid_request": TokenRequestProblem,
    "invalid_credentials": CredentialsProblem,
    "validation_failed": ValidationProblem,
}
# The problems of every operation; of those that answer JSON; of the API's; of those that ask the database.
COMMON = ("bad_host", "method_not_allowed", "body_too_large", "internal_error")
JSON_COMMON = (*COMMON, "not_acceptable")
API_COMMON = (*JSON_COMMON, "unsupported_version")
DATA_COMMON = (*API_COMMON, "database_unavailable")
TOKEN_NEEDED = ("not_authenticated", "invalid_token")
JSON_NEEDED = ("malformed_json", "unsupported_media_type", "validation_failed")

Described = dict[str, Any]
TOKEN_OPTIONAL: Described = {"security": [{}]}
TOKEN_FORM: Described = {
    "requestBody": {
        "required": True,
        "content": {FORM_MEDIA_TYPE: {"schema": {"$ref": REF.format(model="TokenRequest")}}},
    }
}
LINK: Described = {"Link": {"description": "Other pages of the list (RFC 8288).", "schema": {"type": "string"}}}
LOCATION: Described = {"Location": {"description": "The new path.", "required": True, "schema": {"type": "string"}}}
PARAMETERS: Described = {
    "RequestId": {"name": "X-Request-ID", "in": "header", "schema": {"type": "string"}},
    "ApiVersion": {"name": "API-Version", "in": "header", "schema": {"type": "string", "enum": ["1"]}},
}
FASTAPI_ERRORS = ("HTTPValidationError", "ValidationError")
PASSWORD_FLOW: Described = {"type": "oauth2", "flows": {"password": {"tokenUrl": "/api/v1/token", "scopes": {}}}}


class Api(FastAPI):
    """FastAPI with its documented place for extending the document filled in."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _with_whole_numbers(_extended(super().openapi()))
        return super().openapi()


def problems(*codes: str) -> dict[int | str, Described]:
    """Describe an operation's errors. FastAPI's own way would put them under the media type of its successes."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[KINDS[code].status].append(code)
    return {status: _problem_response(of_status) for status, of_status in by_status.items()}


def _problem_response(codes: list[str]) -> Described:
    schemas: list[Described] = [
        {"$ref": REF.format(model=OWN_MODELS[code].__name__)} for code in codes if code in OWN_MODELS
    ]
    if plain := [code for code in codes if code not in OWN_MODELS]:
        one_of_these = {"properties": {"code": {"enum": plain}}}
        schemas.append({"allOf": [{"$ref": REF.format(model="Problem")}, one_of_these]})
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    titles = "; ".join(KINDS[code].title for code in codes)
    return {"description": f"{titles}.", "content": {MEDIA_TYPE: {"schema": schema}}}


def _extended(document: Described) -> Described:
    components = document["components"]
    models: list[type[BaseModel]] = [Problem, *OWN_MODELS.values(), TokenRequest]
    _, definitions = models_json_schema([(model, "serialization") for model in models], ref_template=REF)
    components["schemas"].update(definitions["$defs"])
    for name in FASTAPI_ERRORS:
        components["schemas"].pop(name)
    components["securitySchemes"]["passwordFlow"] = PASSWORD_FLOW
    components["parameters"] = PARAMETERS
    for path, item in document["paths"].items():
        for operation in item.values():
            _extend_operation(operation)
        if "patch" in item:
            content = item["patch"]["requestBody"]["content"]
            content[MERGE_PATCH] = content[JSON]
        names = PARAMETERS if path.startswith("/api/") else ["RequestId"]
        item["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    return document


def _extend_operation(operation: Described) -> None:
    if "security" in operation:
        operation["security"].append({"passwordFlow": []})
    # FastAPI says that whatever has a parameter can fail so, an id in a path too.
    if JSON in operation["responses"].get("422", {}).get("content", {}):
        del operation["responses"]["422"]


def _with_whole_numbers(value: Any) -> Any:
    # FastAPI keeps the bounds of a number as floats, and 2^63 - 1 is none.
    if isinstance(value, dict):
        return {name: _with_whole_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    return min(int(value), rules.ID_MAX) if isinstance(value, float) else value
