"""The Redis server that holds the rate limits goes, and comes back (16.7)."""

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.calls import Line
from faults.own_redis import OwnRedis
from faults.service import SETTINGS, admin_token
from variants.catalog import Variant
from variants.ports import free_port
from variants.process import running

PING = "/api/v1/ping"
LIMIT = 1000
DOWN_SECONDS = 4.0
BACK_SECONDS = 5.0
PASS_SECONDS = 1.5


@pytest.fixture
def redis() -> Iterator[OwnRedis]:
    """A Redis server of the test's own."""
    server = OwnRedis(free_port())
    server.start()
    yield server
    server.stop()


def test_requests_pass_while_the_limits_are_not_counted(
    variant: Variant, database_url: str, redis: OwnRedis, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    limits = {"RATE_LIMIT_DEFAULT": f"{LIMIT}/minute", "RATE_LIMIT_TOKEN": f"{LIMIT}/minute"}
    shared = {"RATE_LIMIT_STORAGE": redis.url, "RATE_LIMIT_PREFIX": f"faults-{secrets.token_hex(8)}"}
    settings = {**SETTINGS, **limits, **shared}
    with (
        running(variant, database_url=database_url, environment=settings, log_path=log) as server,
        Line(server.base_url, admin_token(server.base_url)) as line,
    ):
        first = line.get(PING)
        redis.stop()
        stopped, passed, states = time.monotonic(), [], []
        while time.monotonic() < stopped + DOWN_SECONDS:
            passed += [line.get(PING), line.get("/api/v1/articles?limit=1")]
            states.append(line.get("/health/ready"))
            time.sleep(0.05)
        redis.start()
        began = time.monotonic()
        while "ratelimit-remaining" not in (back := line.get(PING)).headers:
            assert time.monotonic() < began + BACK_SECONDS, "limits are not counted again"
            time.sleep(0.1)
        ready = line.get("/health/ready")
    assert first.headers["ratelimit-remaining"] == str(LIMIT - 1)
    assert [str(call) for call in passed if call.status != 200 or call.seconds > PASS_SECONDS] == []
    assert {name for call in passed for name in call.headers if name.startswith("ratelimit")} == set()
    assert {(call.status, call.json["status"]) for call in states} == {(200, "degraded")}
    assert (ready.status, ready.json) == (200, {"status": "ready"})
    # Redis kept nothing.
    assert back.headers["ratelimit-remaining"] == str(LIMIT - 1)
    assert log.read_text().count('"rate_limits_unavailable"') == 1
