"""What Schemathesis has to know beside the description: which users must survive, and what is refused by design."""

import os
from typing import Any

import schemathesis
from callers import PROTECTED_VARIABLE
from refusals import Exchange, is_by_design
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

MISSING_USER = 10**12


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: "schemathesis.Case[Any]", kwargs: dict[str, Any]) -> None:
    """Let what would change or delete one of the users of the runs ask for a user that is not there."""
    protected = os.environ.get(PROTECTED_VARIABLE, "").split(",")
    if case.method in ("DELETE", "PATCH", "PUT") and str(case.path_parameters.get("user_id")) in protected:
        case.path_parameters["user_id"] = MISSING_USER


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext, failure: Failure, case: "schemathesis.Case[Any]", response: schemathesis.Response
) -> bool:
    """Keep all failures but the refusals by design."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    names = frozenset(str(name).lower() for name in case.headers)
    errors = tuple(response.json().get("errors", ()))
    return not is_by_design(Exchange(names, case.body, response.status_code, errors, case.query))
