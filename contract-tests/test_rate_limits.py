"""Rate limits: what is counted, what is told, and what is refused (16.1 to 16.4, 16.7)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from answer import Answer
from clauses import clause
from client import Client
from target import Limit, Target
from visitors import FORM, PING, TOKEN, Visit, Visitor, forged_token, in_one_window, registered

NO_ID = 2**63 - 1
HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
NONE: dict[str, str | re.Pattern[str] | None] = dict.fromkeys((*HEADERS, "Retry-After"))
small = pytest.mark.small_limits


@clause("16.1", "16.3", "16.4")
@small
@in_one_window
def test_as_many_requests_pass_as_the_limit_says(visit: Visit, limit: Limit) -> None:
    visitor = visit()
    answers = [visitor.get(PING) for _ in range(limit.amount + 2)]
    assert [answer.status for answer in answers] == [200] * limit.amount + [429] * 2
    left = [*range(limit.amount - 1, -1, -1), 0, 0]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == list(map(str, left))
    for answer in answers:
        reset = int(answer.expect_headers({"RateLimit-Limit": str(limit.amount)}).headers["RateLimit-Reset"])
        assert 1 <= reset <= limit.seconds


@clause("16.4", "11.1", "11.2", "2.7")
@small
@in_one_window
def test_a_request_over_the_limit_is_a_429_that_says_when_to_come_again(visit: Visit, limit: Limit) -> None:
    answer = visit().spend().get(PING).expect_problem(429, "rate_limited")
    assert re.fullmatch("[1-9][0-9]*", answer.headers["Retry-After"])
    assert int(answer.headers["Retry-After"]) <= limit.seconds


@clause("16.4")
@small
def test_after_retry_after_a_request_passes_although_others_were_refused(visit: Visit, limit: Limit) -> None:
    visitor = visit().spend()
    seconds = int(visitor.get(PING).expect(429).headers["Retry-After"])
    until = time.monotonic() + seconds
    while time.monotonic() < until - 0.3:
        visitor.get(PING)
        time.sleep(0.1)
    time.sleep(max(0.0, until - time.monotonic()))
    visitor.get(PING).expect(200)


@clause("16.1")
@small
@in_one_window
def test_brute_force_is_slowed_even_the_right_password_is_429(visit: Visit, token_limit: Limit) -> None:
    visitor = visit()
    name, password = registered(visitor)
    for _ in range(token_limit.amount):
        visitor.login(name, "wrong password").expect(401)
    answer = visitor.login(name, password).expect_problem(429, "rate_limited")
    answer.expect_headers({"RateLimit-Limit": str(token_limit.amount), "RateLimit-Remaining": "0"})


@clause("16.1")
@small
@in_one_window
def test_token_requests_and_all_others_are_counted_apart(visit: Visit, limit: Limit, token_limit: Limit) -> None:
    first, second = visit(), visit().spend()
    for _ in range(token_limit.amount):
        first.request("POST", TOKEN).expect(415)
    first.request("POST", TOKEN).expect(429)
    first.expect_free()
    told = {"RateLimit-Limit": str(token_limit.amount), "RateLimit-Remaining": str(token_limit.amount - 1)}
    second.expect_limited().request("POST", TOKEN).expect(415).expect_headers(dict(told))


@clause("16.1", "16.3")
@small
def test_the_window_moves(visit: Visit, limit: Limit) -> None:
    """Of a fixed window all would be free again at its end; of a moving one only what was sent first."""
    for _ in range(5):
        visitor, began = visit(), time.monotonic()
        visitor.get(PING).expect(200)
        time.sleep(limit.seconds * 0.6)
        visitor.spend(amount=limit.amount - 1)
        spent = time.monotonic() - began
        time.sleep(max(0.0, limit.seconds * 1.1 - spent))
        statuses = [visitor.get(PING).status for _ in range(2)]
        if time.monotonic() - began < limit.seconds * 1.5 and spent < limit.seconds:
            assert statuses == [200, 429]
            return
    raise AssertionError("five times the requests took too long")


@clause("16.4", "6.16")
@small
@pytest.mark.forges_tokens
@in_one_window
def test_a_write_over_the_limit_is_not_done(settings: Target, visit: Visit) -> None:
    visitor = visit()
    name = f"never-{visitor.forwarded_for.replace('.', '-')}"
    body = {"username": name, "email": f"{name}@example.com", "name": "Ada", "password": "x" * 8}
    visitor.spend().post("/api/v1/users", body).expect_problem(429, "rate_limited")
    visit().login(name, "x" * 8).expect(401)


@clause("16.1", "16.7")
@small
@in_one_window
def test_of_requests_at_the_same_time_as_many_pass_as_the_limit_says(settings: Target, limit: Limit) -> None:
    address, count = Visitor(settings).forwarded_for, limit.amount * 2
    barrier = Barrier(count)

    def send(_: int) -> Answer:
        visitor = Visitor(settings, address)
        visitor.get("/health")
        barrier.wait(timeout=10)
        return visitor.get(PING)

    with ThreadPoolExecutor(count) as pool:
        statuses = [answer.status for answer in pool.map(send, range(count))]
    assert sorted(statuses) == [200] * limit.amount + [429] * limit.amount


@clause("16.4", "15.2")
@small
@pytest.mark.cors
@in_one_window
def test_a_429_is_for_the_allowed_origin_too(settings: Target, visit: Visit) -> None:
    answer = visit().spend().get(PING, headers={"Origin": settings.cors_origin}).expect_problem(429, "rate_limited")
    credentials = "true" if settings.has_cors_credentials else None
    answer.expect_headers({"Access-Control-Allow-Origin": settings.cors_origin})
    answer.expect_headers({"Access-Control-Allow-Credentials": credentials})
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"] and "Origin" in answer.headers["Vary"]


@clause("15.4", "15.5")
@small
@pytest.mark.cors
def test_a_preflight_is_told_of_credentials(settings: Target, anonymous: Client) -> None:
    headers = {"Origin": settings.cors_origin, "Access-Control-Request-Method": "PUT"}
    credentials = "true" if settings.has_cors_credentials else None
    anonymous.options(PING, headers=headers).expect(204).expect_headers(
        {"Access-Control-Allow-Credentials": credentials}
    )


@clause("16.2")
@small
@pytest.mark.forges_tokens
@in_one_window
def test_token_requests_are_counted_by_address_whoever_sends_them(
    settings: Target, visit: Visit, token_limit: Limit
) -> None:
    visitor = visit()
    for _ in range(token_limit.amount):
        visitor.with_token(forged_token(settings)).request("POST", TOKEN, form="x=y").expect(400)
    visitor.with_token(forged_token(settings)).request("POST", TOKEN, form="x=y").expect(429)
    visitor.request("POST", TOKEN, content=b"", headers={"Content-Type": FORM}).expect(429)
