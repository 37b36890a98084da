"""Rate limits whose storage fails: requests pass, it is logged now and then, and counting comes back by itself."""

import logging
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from limits.storage import MemoryStorage, Storage

from blogapi import ratelimits
from blogapi.ratelimits import RateLimiter
from blogapi.settings import Settings

MakeLimiter = Callable[..., RateLimiter]


@pytest.fixture
def silent() -> Iterator[str]:
    """A Redis URL behind which somebody listens and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def warnings_of(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The events that have been logged."""
    caplog.set_level(logging.WARNING)
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The limiter's own clock, in seconds; the storage's is left alone."""
    now = [1000.0]

    class Clock:
        monotonic = staticmethod(lambda: now[0])
        time = staticmethod(time.time)

    monkeypatch.setattr(ratelimits, "time", Clock)
    return now


def test_where_the_storage_is_dead_requests_pass_and_the_service_says_so(make_limiter: MakeLimiter, dead: str) -> None:
    limiter = make_limiter(dead)
    assert [limiter.hit("default", "a") for _ in range(10)] == [None] * 10
    assert limiter.is_working() is False


def test_a_silent_storage_holds_a_request_up_for_a_moment_only(make_limiter: MakeLimiter, silent: str) -> None:
    limiter = make_limiter(silent)
    started = time.monotonic()
    assert [limiter.hit("default", "a") for _ in range(100)] == [None] * 100
    assert time.monotonic() - started < 2


def test_a_dead_storage_is_warned_of_once_a_minute(
    make_limiter: MakeLimiter,
    dead: str,
    clock: list[float],
    warnings_of: Callable[[], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    limiter = make_limiter(dead)
    counts = []
    for seconds in (0, 0.5, 1.5, 30, 59, 60, 61, 119, 120.5):
        clock[0] = 1000 + seconds
        assert limiter.hit("default", "a") is None
        counts.append(len(warnings_of()))
    assert counts == [1, 1, 1, 1, 1, 2, 2, 2, 3]
    assert set(warnings_of()) == {"rate_limits_unavailable"}
    (fields,) = {str(record.__dict__["fields"]) for record in caplog.records}
    assert fields == "{'error': 'ConnectionError'}"
    assert "secret-of-redis" not in caplog.text


def remaining(limiter: RateLimiter) -> int | None:
    state = limiter.hit("default", "a")
    return None if state is None else state.remaining


class Flaky(MemoryStorage):
    """A storage that can be made to fail, as Redis does."""

    fails = False

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        if self.fails:
            # One of the exceptions that a storage in memory says it fails with.
            raise ValueError
        return super().acquire_entry(key, limit, expiry, amount)


def test_a_storage_that_is_back_counts_again_within_a_second(
    make_limiter: MakeLimiter, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Flaky(wrap_exceptions=True)

    def own_storage(_settings: Settings) -> Storage:
        return storage

    monkeypatch.setattr(ratelimits, "rate_limit_storage", own_storage)
    limiter = make_limiter()
    assert remaining(limiter) == 2
    storage.fails = True
    assert limiter.hit("default", "a") is None
    storage.fails = False
    clock[0] += 0.9
    assert limiter.hit("default", "a") is None
    clock[0] += 0.2
    assert remaining(limiter) == 1
