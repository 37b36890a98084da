"""Whose requests are counted together: users, addresses, and what a proxy says of them (16.2, 16.5)."""

from ipaddress import IPv4Address, IPv6Address

import pytest

import raw
from clauses import clause
from target import Limit, Target
from visitors import NETWORK, PING, TOKEN, Visitor, address_6, address_of, forged_token, in_one_window, registered

pytestmark = pytest.mark.small_limits
forging = pytest.mark.forges_tokens


@clause("16.2")
@in_one_window
def test_each_address_has_a_limit_of_its_own(settings: Target) -> None:
    Visitor(settings).spend().expect_limited()
    Visitor(settings).expect_free()


@clause("16.2")
@in_one_window
def test_a_user_is_counted_whatever_the_address(settings: Target) -> None:
    visitor = Visitor(settings)
    name, password = registered(visitor)
    token = visitor.login(name, password).expect(200).body["access_token"]
    visitor.with_token(token).spend("/api/v1/users/me").expect_limited()
    Visitor(settings, token=token).expect_limited()
    # The registration alone was sent from the address.
    visitor.get(PING).expect(200).expect_headers({"RateLimit-Remaining": str(limit_of(settings).amount - 2)})


@clause("16.2")
@forging
@in_one_window
def test_users_at_one_address_are_counted_apart(settings: Target) -> None:
    visitor = Visitor(settings).spend().expect_limited()
    visitor.with_token(forged_token(settings)).expect_free().spend(
        amount=limit_of(settings).amount - 1
    ).expect_limited()
    visitor.with_token(forged_token(settings)).expect_free()


def limit_of(settings: Target) -> Limit:
    """The limit of all but the token requests."""
    assert settings.rate_limit_default
    return settings.rate_limit_default


@clause("16.2")
@forging
@in_one_window
def test_the_user_of_a_good_token_is_counted_whatever_the_database_says(settings: Target) -> None:
    token = forged_token(settings)
    for _ in range(limit_of(settings).amount):
        Visitor(settings, token=token).get("/api/v1/users/me").expect_problem(401, "invalid_token")
    Visitor(settings, token=token).get("/api/v1/users/me").expect_problem(429, "rate_limited")


@clause("16.2")
@forging
@in_one_window
def test_two_tokens_of_one_user_are_counted_together(settings: Target) -> None:
    subject = int(address_6()) % 2**60 + 1
    first, second = (forged_token(settings, subject=subject, lifetime=seconds) for seconds in (600, 700))
    assert first != second
    Visitor(settings, token=first).spend()
    Visitor(settings, token=second).expect_limited()


@clause("16.2")
@forging
@in_one_window
@pytest.mark.parametrize("fault", ["key", "expired", "malformed", "two-words", "basic"])
def test_a_token_that_is_not_good_is_counted_by_address(settings: Target, fault: str) -> None:
    visitor = Visitor(settings)
    subject = int(address_6()) % 2**60 + 1
    good = forged_token(settings, subject=subject)
    values = {
        "key": f"Bearer {forged_token(settings, subject=subject, key='x' * 32)}",
        "expired": f"Bearer {forged_token(settings, subject=subject, lifetime=-60)}",
        "malformed": f"Bearer {good}x",
        "two-words": f"Bearer {good} {good}",
        "basic": f"Basic {good}",
    }
    for _ in range(limit_of(settings).amount):
        visitor.get(PING, headers={"Authorization": values[fault]}).expect(200)
    visitor.expect_limited().get(PING, headers={"Authorization": values[fault]}).expect(429)
    visitor.with_token(good).expect_free()


@clause("16.2")
@in_one_window
def test_addresses_of_one_ipv6_network_of_64_bits_count_as_one(settings: Target) -> None:
    address = address_6()
    network, host = int(address) >> 64 << 64, int(address) & (2**64 - 1)
    Visitor(settings, str(address)).spend().expect_limited()
    for other in (host ^ 1, host ^ 2**63, 1, 2**64 - 1):
        Visitor(settings, str(IPv6Address(network | other))).expect_limited()
    Visitor(settings, address.exploded.upper()).expect_limited()
    Visitor(settings, str(IPv6Address((network ^ 2**64) | host))).expect_free()


@clause("16.2")
@in_one_window
def test_neighbours_of_ipv4_are_counted_apart(settings: Target) -> None:
    first = IPv4Address(address_of(NETWORK))
    Visitor(settings, str(first)).spend().expect_limited()
    Visitor(settings, str(IPv4Address(int(first) ^ 1))).expect_free()


def chain(*addresses: str) -> str:
    """The value of X-Forwarded-For."""
    return ", ".join(addresses)


SPOOFED = ["10.0.0.1", "203.0.113.9", "2001:db8::1", "junk", "", "127.0.0.1", "unknown", "' OR 1=1 --"]


@clause("16.5")
@in_one_window
@pytest.mark.parametrize("spoofed", SPOOFED)
def test_what_a_client_sends_itself_is_not_believed(settings: Target, spoofed: str) -> None:
    client = address_of(NETWORK)
    Visitor(settings, chain(spoofed, client)).spend().expect_limited()
    Visitor(settings, client).expect_limited()
    Visitor(settings, chain(address_of(NETWORK), spoofed, client)).expect_limited()


@clause("16.5")
@in_one_window
@pytest.mark.parametrize("form", ["{},127.0.0.1", "{} , 127.0.0.1", "{}, 127.0.0.1, 127.0.0.1", "{} ", "{},::1,{}"])
def test_trusted_proxies_in_the_chain_are_passed_over(settings: Target, form: str) -> None:
    client = address_of(NETWORK)
    Visitor(settings, form.format(client, client)).spend().expect_limited()
    Visitor(settings, client).expect_limited()


@clause("16.5")
@pytest.mark.proxies
@in_one_window
def test_further_proxies_are_passed_over_too(settings: Target) -> None:
    client, proxy = address_of(NETWORK), proxy_of(settings)
    Visitor(settings, chain(client, proxy)).spend().expect_limited()
    Visitor(settings, chain(client, proxy_of(settings), "127.0.0.1", proxy_of(settings))).expect_limited()
    Visitor(settings, chain(address_of(NETWORK), proxy)).expect_free()


def proxy_of(settings: Target) -> str:
    """A random address that TRUSTED_PROXIES holds."""
    assert settings.proxy_network
    return address_of(settings.proxy_network)


@clause("16.5")
@pytest.mark.proxies
@in_one_window
def test_where_all_are_proxies_it_is_the_first(settings: Target) -> None:
    first, second = proxy_of(settings), proxy_of(settings)
    Visitor(settings, chain(first, second, "127.0.0.1")).spend().expect_limited()
    Visitor(settings, first).expect_limited()
    Visitor(settings, second).expect_free()


@clause("16.5")
@pytest.mark.proxies
@in_one_window
@pytest.mark.parametrize(
    "junk", ["junk", "", "unknown", "_hidden", "300.1.1.1", "1.2.3", "1.2.3.4:80", "[2001:db8::1]", "1.2.3.4 5.6.7.8"]
)
def test_what_stands_before_something_that_is_no_address_is_not_believed(settings: Target, junk: str) -> None:
    proxy = proxy_of(settings)
    Visitor(settings, chain(address_of(NETWORK), junk, proxy)).spend().expect_limited()
    Visitor(settings, chain(address_of(NETWORK), junk, proxy)).expect_limited()
    Visitor(settings, proxy).expect_limited()


@clause("16.5")
@in_one_window
def test_a_chain_spread_over_header_lines_is_one(settings: Target) -> None:
    client = address_of(NETWORK)
    headers = {"X-Forwarded-For": address_of(NETWORK), "x-forwarded-for": client}
    for _ in range(limit_of(settings).amount):
        raw.exchange(settings.base_url, "GET", PING, headers).expect(200)
    raw.exchange(settings.base_url, "GET", PING, headers).expect_problem(429, "rate_limited")
    Visitor(settings, client).expect_limited()
    Visitor(settings, headers["X-Forwarded-For"]).expect_free()


@clause("16.5")
@in_one_window
@pytest.mark.parametrize(
    "name", ["X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "X-Forwarded-Host", "Client-IP"]
)
def test_no_other_header_names_the_client(settings: Target, name: str) -> None:
    visitor, other = Visitor(settings).spend().expect_limited(), address_of(NETWORK)
    value = f"for={other}" if name == "Forwarded" else other
    visitor.get(PING, headers={name: value}).expect_problem(429, "rate_limited")
    Visitor(settings, other).expect_free()


@clause("16.5")
@pytest.mark.other_addresses
@in_one_window
def test_a_peer_that_is_no_trusted_proxy_is_not_believed(settings: Target) -> None:
    assert settings.source_network
    peer, claimed = address_of(settings.source_network), address_of(NETWORK)
    forwarded = [claimed, address_of(NETWORK), chain(claimed, "127.0.0.1"), ""]
    for number in range(limit_of(settings).amount):
        headers = {"X-Forwarded-For": forwarded[number % len(forwarded)]}
        raw.exchange(settings.base_url, "GET", PING, headers, source=peer).expect(200)
    for value in [address_of(NETWORK), *forwarded]:
        answer = raw.exchange(settings.base_url, "GET", PING, {"X-Forwarded-For": value}, source=peer)
        answer.expect_problem(429, "rate_limited")
    Visitor(settings, claimed).expect_free()
    raw.exchange(settings.base_url, "GET", PING, source=address_of(settings.source_network)).expect(200)


@clause("16.5", "16.1")
@pytest.mark.other_addresses
@in_one_window
def test_brute_force_from_one_peer_is_slowed_whatever_it_says_of_itself(settings: Target) -> None:
    assert settings.source_network and settings.rate_limit_token
    peer = address_of(settings.source_network)
    for status in [415] * settings.rate_limit_token.amount + [429] * 2:
        headers = {"X-Forwarded-For": address_of(NETWORK), "Content-Length": "0"}
        raw.exchange(settings.base_url, "POST", TOKEN, headers, source=peer).expect(status)
