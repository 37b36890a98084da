"""Rate limits: the window moves, and storages count alike."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage

from blogapi.problems import Problem
from blogapi.ratelimits import RateLimiter, RateState, Scope, rate_key, rate_limit_storage, rate_scope
from blogapi.settings import Settings
from blogapi.tokens import issue_token

MakeLimiter = Callable[..., RateLimiter]
EACH_STORAGE = pytest.mark.parametrize("storage", ["memory", "redis"], indirect=True)


@pytest.fixture(scope="session")
def redis() -> str:
    """A Redis server: that of `REDIS_URL`, else this machine's. Only outside CI may there be none."""
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    try:
        rate_limit_storage(Settings.model_validate({"rate_limit_storage": url})).check()
    except StorageError:
        if os.environ.get("CI"):
            pytest.fail(f"no Redis answers at {url}: set REDIS_URL")
        pytest.skip("no Redis answers on this machine and REDIS_URL is not set")
    return url


@pytest.fixture
def storage(request: pytest.FixtureRequest) -> str:
    """The URL of the storage that a test is run with."""
    return "memory://" if request.param == "memory" else str(request.getfixturevalue("redis"))


SCOPES: list[tuple[str, str, Scope | None]] = [
    ("POST", "/api/v1/token", "token"),
    ("OPTIONS", "/api/v1/token", None),
    ("GET", "/api/v1/ping", "default"),
    ("HEAD", "/api/v2/articles", "default"),
    ("GET", "/", "default"),
    ("GET", "/docs", "default"),
    ("OPTIONS", "/api/v1/users", None),
    ("GET", "/health", None),
    ("GET", "/health/ready", None),
    ("GET", "/metrics", None),
]


@pytest.mark.parametrize(("method", "path", "scope"), SCOPES)
def test_a_request_counts_towards_the_limit_of_its_path(method: str, path: str, scope: Scope | None) -> None:
    assert rate_scope(method, path) == scope


def hit(limiter: RateLimiter, key: str = "a", scope: Scope = "default") -> RateState:
    state = limiter.hit(scope, key)
    assert state is not None
    return state


@EACH_STORAGE
def test_requests_are_counted_down_and_then_refused(make_limiter: MakeLimiter, storage: str) -> None:
    limiter = make_limiter(storage)
    states = [hit(limiter) for _ in range(5)]
    assert [(state.limit, state.remaining, state.is_allowed) for state in states] == [
        (3, 2, True),
        (3, 1, True),
        (3, 0, True),
        (3, 0, False),
        (3, 0, False),
    ]
    assert all(58 <= state.reset_seconds <= 60 for state in states)
    for state in states[:3]:
        state.check()


@EACH_STORAGE
def test_each_client_and_each_scope_is_counted_for_itself(make_limiter: MakeLimiter, storage: str) -> None:
    limiter = make_limiter(storage, default="1/minute", token="1/minute")
    assert [hit(limiter, key, scope).is_allowed for key in ("a", "b") for scope in ("default", "token")] == [True] * 4
    assert not hit(limiter, "a").is_allowed


@EACH_STORAGE
def test_after_the_seconds_that_are_told_a_request_passes(make_limiter: MakeLimiter, storage: str) -> None:
    limiter = make_limiter(storage, default="2/second")
    hit(limiter)
    hit(limiter)
    refused = hit(limiter)
    assert not refused.is_allowed
    time.sleep(refused.reset_seconds)
    assert hit(limiter).is_allowed


@EACH_STORAGE
def test_a_refused_request_is_not_counted_itself(make_limiter: MakeLimiter, storage: str) -> None:
    limiter = make_limiter(storage, default="1/second")
    assert hit(limiter).is_allowed
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        hit(limiter)
        time.sleep(0.1)
    # Whoever knocks all the time still gets in once a second.
    outcomes = []
    for _ in range(15):
        outcomes.append(hit(limiter).is_allowed)
        time.sleep(0.1)
    assert 1 <= outcomes.count(True) <= 2


@EACH_STORAGE
def test_of_many_requests_at_once_no_more_pass_than_the_limit_allows(make_limiter: MakeLimiter, storage: str) -> None:
    limiter = make_limiter(storage, default="20/minute")
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda _: hit(limiter), range(60)))
    assert [state.is_allowed for state in states].count(True) == 20


def test_processes_share_what_redis_counts_under_one_prefix(make_limiter: MakeLimiter, redis: str) -> None:
    prefix = f"pytest-{token_hex(8)}"
    one, other = (make_limiter(redis, default="2/minute", prefix=prefix) for _ in "ab")
    assert [hit(one).is_allowed, hit(other).is_allowed, hit(one).is_allowed] == [True, True, False]
    assert hit(make_limiter(redis, default="2/minute")).is_allowed


def test_processes_count_for_themselves_in_memory(make_limiter: MakeLimiter) -> None:
    prefix = f"pytest-{token_hex(8)}"
    one, other = (make_limiter(default="1/minute", prefix=prefix) for _ in "ab")
    assert hit(one).is_allowed
    assert hit(other).is_allowed


def test_only_a_network_blocks(make_limiter: MakeLimiter, dead: str) -> None:
    assert make_limiter("memory://").blocks is False
    assert make_limiter(dead).blocks is True


@EACH_STORAGE
def test_a_storage_that_counts_is_working(make_limiter: MakeLimiter, storage: str) -> None:
    assert make_limiter(storage).is_working() is True


def test_off_is_no_limit(make_limiter: MakeLimiter, dead: str) -> None:
    limiter = make_limiter(default="off", token="1/minute")
    assert limiter.hit("default", "a") is None
    assert hit(limiter, scope="token").is_allowed
    # Nothing is asked of a storage that is not needed.
    assert make_limiter(dead, default="off", token="off").is_working() is True


@pytest.mark.parametrize(("scope", "key"), [("default", "user:7"), ("token", "address:203.0.113.9"), (None, "user:7")])
def test_log_ins_count_by_address_and_all_others_by_user(
    make_settings: Callable[..., Settings], scope: Scope | None, key: str
) -> None:
    settings = make_settings(trusted_proxies="10.0.0.1")
    given = rate_key(
        settings,
        scope,
        peer="10.0.0.1",
        forwarded_for="203.0.113.9",
        authorization=f"Bearer {issue_token(settings, user_id=7)}",
    )
    assert given == key


def test_a_state_is_told_in_three_headers() -> None:
    state = RateState(10, 0, 7, is_allowed=False)
    assert state.headers() == {"RateLimit-Limit": "10", "RateLimit-Remaining": "0", "RateLimit-Reset": "7"}
    with pytest.raises(Problem) as problem:
        state.check()
    assert problem.value.code == "rate_limited"
    assert problem.value.headers["Retry-After"] == "7"


def test_the_storage_is_the_one_that_the_settings_name(make_settings: Callable[..., Settings], dead: str) -> None:
    assert isinstance(rate_limit_storage(make_settings()), MemoryStorage)
    assert isinstance(rate_limit_storage(make_settings(rate_limit_storage=dead)), RedisStorage)
