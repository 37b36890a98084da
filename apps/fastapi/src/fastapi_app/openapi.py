"""The document: FastAPI generates it from the handlers' signatures; here is what no signature says."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from blogapi import rules
from blogapi.login import FORM_MEDIA_TYPE
from blogapi.negotiation import JSON, MERGE_PATCH
from blogapi.openapi import openapi_document
from blogapi.problems import FAULT_DETAILS, KINDS, MEDIA_TYPE
from blogapi.schemas import UserCreate, UserReplace
from fastapi_app.openapi_headers import Described, Responses, problem_headers

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
# The problems of every operation; of those that are counted; of those that answer JSON; of the API's; of those that ask
# the database.
COMMON = ("bad_host", "method_not_allowed", "body_too_large", "internal_error")
COUNTED_COMMON = (*COMMON, "rate_limited")
JSON_COMMON = (*COMMON, "not_acceptable")
API_COMMON = (*JSON_COMMON, "rate_limited", "unsupported_version")
DATA_COMMON = (*API_COMMON, "database_unavailable")
TOKEN_NEEDED = ("not_authenticated", "invalid_token")
JSON_NEEDED = ("malformed_json", "unsupported_media_type", "validation_failed")

TOKEN_OPTIONAL: Described = {"security": [{}]}
TOKEN_FORM: Described = {
    "requestBody": {
        "required": True,
        "content": {FORM_MEDIA_TYPE: {"schema": {"$ref": REF.format(model="TokenRequest")}}},
    }
}
# What no signature names, and what FastAPI describes without its defaults that are null.
EXTRA_MODELS: list[type[BaseModel]] = [Problem, *OWN_MODELS.values(), TokenRequest, UserCreate, UserReplace]
# Which of the contract's components go with every path under a prefix, and with every operation that knows tags.
OF_PATHS = {"/": ("RequestId",), "/api/v1/": ("RequestId", "ApiVersion"), "/api/v2/": ("RequestId", "ApiVersion2")}
CONDITIONS = ("IfMatch", "IfNoneMatch")
# Where a response says which component it is to become.
COMPONENT = "x-component"
FASTAPI_ERRORS = ("HTTPValidationError", "ValidationError")
PASSWORD_FLOW: Described = {"type": "oauth2", "flows": {"password": {"tokenUrl": "/api/v1/token", "scopes": {}}}}


class Api(FastAPI):
    """FastAPI with its documented place for extending the document filled in."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            plain = get_openapi(title=self.title, version=self.version, routes=self.routes)
            self.openapi_schema = _with_whole_numbers(_extended(plain))
        return self.openapi_schema


def problems(*codes: str) -> Responses:
    """Describe an operation's errors. FastAPI's own way would put them under the media type of its successes."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[KINDS[code].status].append(code)
    return {status: _problem_response(status, of_status) for status, of_status in by_status.items()}


def _problem_response(status: int, codes: list[str]) -> Described:
    schemas: list[Described] = [
        {"$ref": REF.format(model=OWN_MODELS[code].__name__)} for code in codes if code in OWN_MODELS
    ]
    if plain := [code for code in codes if code not in OWN_MODELS]:
        one_of_these = {"properties": {"code": {"enum": plain}}}
        schemas.append({"allOf": [{"$ref": REF.format(model="Problem")}, one_of_these]})
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    titles = "; ".join(KINDS[code].title for code in codes)
    return {
        COMPONENT: "Or".join(code.title().replace("_", "") for code in codes),
        "description": f"{titles}.",
        **problem_headers(status, codes),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _extended(document: Described) -> Described:
    contract = openapi_document()
    document.update(info=contract["info"], tags=contract["tags"])
    _extend_components(document["components"], contract["components"])
    for path, item in document["paths"].items():
        for operation in item.values():
            _extend_operation(operation)
            _share_problems(operation, document["components"]["responses"])
        if "patch" in item:
            content = item["patch"]["requestBody"]["content"]
            content[MERGE_PATCH] = content[JSON]
        item["parameters"] = _parameters(OF_PATHS[max(filter(path.startswith, OF_PATHS), key=len)])
    return document


def _extend_components(components: Described, of_contract: Described) -> None:
    _, definitions = models_json_schema([(model, "validation") for model in EXTRA_MODELS], ref_template=REF)
    components["schemas"].update(definitions["$defs"])
    for name in FASTAPI_ERRORS:
        components["schemas"].pop(name)
    components["securitySchemes"]["passwordFlow"] = PASSWORD_FLOW
    components["headers"] = of_contract["headers"]
    used = {name for names in (*OF_PATHS.values(), CONDITIONS) for name in names}
    components["parameters"] = {name: of_contract["parameters"][name] for name in sorted(used)}
    components["responses"] = {}


def _extend_operation(operation: Described) -> None:
    if "security" in operation:
        operation["security"].append({"passwordFlow": []})
    # FastAPI says that whatever has a parameter can fail so, an id in a path too.
    if JSON in operation["responses"].get("422", {}).get("content", {}):
        del operation["responses"]["422"]
    if "412" in operation["responses"]:
        operation["parameters"] = operation.get("parameters", []) + _parameters(CONDITIONS)


def _share_problems(operation: Described, shared: Described) -> None:
    # The same error in each operation would make the document four times as long.
    for status, response in operation["responses"].items():
        if name := response.pop(COMPONENT, None):
            shared[name] = response
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def _parameters(names: Iterable[str]) -> list[Described]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _with_whole_numbers(value: Any) -> Any:
    # FastAPI keeps the bounds of a number as floats, and 2^63 - 1 is none.
    if isinstance(value, dict):
        return {name: _with_whole_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    return min(int(value), rules.ID_MAX) if isinstance(value, float) else value
