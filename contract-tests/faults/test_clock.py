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

STEP_SECONDS = 5
ME = "/api/v1/users/me"


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [(STEP_SECONDS, 600, 200), (-600, STEP_SECONDS + 60, 200), (-600, -1, 401)],
    ids=["of the future", "good", "expired"],
)
def test_a_token_is_good_until_it_expires(
    variant: Variant, database_url: str, since: int, until: int, status: int
) -> None:
    with served(variant, database_url) as service, service.line() as line:
        now = int(time.time())
        claims = {"sub": str(line.get(ME).json["id"]), "iat": now + since, "exp": now + until}
        claims |= {"iss": "blog-api", "aud": "blog-api"}
        token = jwt.encode(claims, service.server.secret_key, algorithm="HS256")
        with Line(service.base_url, token) as bearer:
            answer = bearer.get(ME)
    assert answer.status == status
