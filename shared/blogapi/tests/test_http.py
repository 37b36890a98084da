"""What every request is held against before it is routed, and every response carries."""

import re
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.http import DOCS_POLICY, check_declared_size, check_host, request_id, security_headers, server_timing
from blogapi.problems import Problem
from blogapi.settings import Settings


@pytest.mark.parametrize("given_id", ["a", "0", "a.b_c-D9", "-", "." * 128, "Z" * 128])
def test_a_good_request_id_is_kept(given_id: str) -> None:
    assert request_id(given_id) == given_id


@pytest.mark.parametrize(
    "given_id", [None, "", "a" * 129, "a b", " a", "a\n", "a\r\nX: y", "ä", "a/b", "a,b", "\0", '"a"']
)
def test_any_other_is_replaced_by_a_new_uuid(given_id: str | None) -> None:
    made, again = request_id(given_id), request_id(given_id)
    assert UUID(made).version == 4
    assert str(UUID(made)) == made
    assert made != again


HOSTS = [
    "localhost",
    "LocalHost",
    "localhost:8000",
    "localhost:",
    "127.0.0.1",
    "127.0.0.1:80",
    "[::1]",
    "[::1]:8000",
    "localhost.",
]
OTHER_HOSTS = [
    None,
    "",
    ":80",
    "example.com",
    "localhost.example.com",
    "example.com:localhost",
    "localhost:80:80",
    "localhost:80a",
    "localhost, example.com",
    "user@localhost",
    "localhost/",
    " localhost.evil",
    "127.0.0.2",
    "::1",
    "[::2]",
    "[::1",
    "[::1]x",
]


@pytest.mark.parametrize("host", HOSTS)
def test_an_allowed_host_passes_whatever_its_port_and_case(settings: Settings, host: str) -> None:
    check_host(settings, host)


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_another_host_is_refused(settings: Settings, host: str | None) -> None:
    with pytest.raises(Problem) as problem:
        check_host(settings, host)
    assert problem.value.code == "bad_host"


def test_a_host_that_the_settings_write_in_capitals_passes(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(allowed_hosts="API.Example.com,[2001:DB8::1]")
    for host in ("api.example.com", "API.EXAMPLE.COM:443", "[2001:db8::1]:443"):
        check_host(settings, host)
    with pytest.raises(Problem):
        check_host(settings, "localhost")


@given(st.none() | st.text(max_size=20))
def test_a_star_allows_any_host(host: str | None) -> None:
    settings = Settings.model_validate({"allowed_hosts": "*", "_env_file": None})
    check_host(settings, host)


@pytest.mark.parametrize(
    "declared", [None, "", "0", "1", "1048576", "001048576", "-1", "x", "1 2", "1e9", "9" * 5 + "x", "\u0661" * 20]
)
def test_a_body_up_to_the_limit_passes_and_so_does_what_is_no_number(settings: Settings, declared: str | None) -> None:
    check_declared_size(settings, declared)


@pytest.mark.parametrize("declared", ["1048577", "9999999", "9" * 18, "9" * 19, "9" * 10_000])
def test_a_larger_body_is_refused_by_what_it_declares(settings: Settings, declared: str) -> None:
    with pytest.raises(Problem) as problem:
        check_declared_size(settings, declared)
    assert problem.value.code == "body_too_large"


def test_every_response_has_the_security_headers(settings: Settings, make_settings: Callable[..., Settings]) -> None:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    assert security_headers(settings) == headers
    strict = security_headers(make_settings(hsts_seconds=31_536_000))
    assert strict == {**headers, "Strict-Transport-Security": "max-age=31536000"}


def test_the_policy_of_the_docs_page_names_no_outside_host() -> None:
    assert "default-src 'none'" in DOCS_POLICY
    assert re.search(r"https?:|//|\*", DOCS_POLICY) is None


def test_server_timing_is_in_milliseconds() -> None:
    value = server_timing(time.perf_counter() - 0.25)
    assert (match := re.fullmatch(r"app;dur=([0-9]+\.[0-9]{2})", value))
    assert 250 <= float(match[1]) < 60_000
