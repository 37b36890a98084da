"""The server's clock is set back: tokens that it has just signed seem to be of the future, and are good (5.9).

The token is signed here, with the server's key: the clock of a single process cannot be set. What this cannot show is
how the windows of rate limits fare, which are of the wall clock (processes on several machines share them): a step back
of some seconds makes a window longer by as many. Durations are of the monotonic clock and know no step.
"""

import time

import jwt
import pytest

from faults.calls import Line
from faults.service import served
from variants.catalog import Variant

pytestmark = pytest.mark.in_company
STEP_SECONDS = 5
ME = "/api/v1/users/me"


# From when until when a token is good, in seconds from now, and what its bearer is answered.
TOKENS = {
    "of the future": (STEP_SECONDS, 600, 200),
    "good": (-600, STEP_SECONDS + 60, 200),
    "expired": (-600, -1, 401),
}


def test_a_token_is_good_until_it_expires(variant: Variant, database_url: str) -> None:
    with served(variant, database_url) as service, service.line() as line:
        admin, statuses = str(line.get(ME).json["id"]), {}
        for name, (since, until, _) in TOKENS.items():
            now = int(time.time())
            claims = {"sub": admin, "iat": now + since, "exp": now + until, "iss": "blog-api", "aud": "blog-api"}
            token = jwt.encode(claims, service.server.secret_key, algorithm="HS256")
            with Line(service.base_url, token) as bearer:
                statuses[name] = bearer.get(ME).status
    assert statuses == {name: status for name, (_, _, status) in TOKENS.items()}
