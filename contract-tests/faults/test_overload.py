"""More clients than the server has capacity for, for some seconds; and afterwards all is as before."""

import time

import pytest

from faults.calls import Fate
from faults.crowd import crowd, mixed_turn
from faults.service import served
from variants.catalog import Variant
from variants.watch import tree_usage

# With eight connections each variant uses all of its core; four times as many.
CLIENTS = 32
SECONDS = {"short": 5.0, "long": 30.0}
# A thread's stack, a connection's buffers and SQLite's cache come once; what comes with every request would be more.
GROWTH_BYTES = 64 * 1024 * 1024
BACK_SECONDS = 5.0
PINGS = 20


@pytest.mark.long
def test_overload_passes(variant: Variant, database_url: str, is_long: bool) -> None:
    with served(variant, database_url) as service, service.line() as line:
        with crowd(service.base_url, service.token, mixed_turn, clients=CLIENTS // 4) as warm:
            warm.wait_for(400, seconds=60)
        before = tree_usage(service.server.pid).rss_bytes
        with crowd(service.base_url, service.token, mixed_turn, clients=CLIENTS) as clients:
            time.sleep(SECONDS["long" if is_long else "short"])
        began = time.monotonic()
        pings = [line.get("/api/v1/ping") for _ in range(PINGS)]
        back = time.monotonic() - began
        growth = tree_usage(service.server.pid).rss_bytes - before
    assert [str(call) for call in clients.calls if call.fate is not Fate.ANSWERED] == []
    assert {call.status for call in clients.calls} <= {200, 201, 503}
    assert [str(call) for call in pings if call.status != 200] == []
    assert back < BACK_SECONDS
    assert growth < GROWTH_BYTES
