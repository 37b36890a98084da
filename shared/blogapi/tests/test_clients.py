"""Whose request it is: the address behind trusted proxies, and the user of a good token."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.clients import address_key, client_address, client_key
from blogapi.settings import Settings
from blogapi.tokens import issue_token

MakeSettings = Callable[..., Settings]
PROXIES = "10.0.0.0/8, 192.0.2.7, 2001:db8:1::/48"


@pytest.fixture(scope="module")
def proxied(make_settings: MakeSettings) -> Settings:
    return make_settings(trusted_proxies=PROXIES)


# The peer, X-Forwarded-For, and who that is.
CHAINS = {
    "no-proxy": ("198.51.100.1", None, "198.51.100.1"),
    "no-proxy-that-claims": ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
    "one-proxy": ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
    "one-proxy-and-a-lie": ("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
    "two-proxies": ("10.0.0.1", "203.0.113.9, 192.0.2.7", "203.0.113.9"),
    "two-proxies-and-a-lie": ("10.0.0.1", "192.0.2.1, 203.0.113.9,192.0.2.7", "203.0.113.9"),
    "all-are-proxies": ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
    "a-proxy-that-tells-nothing": ("10.0.0.1", None, "10.0.0.1"),
    "a-proxy-that-tells-an-empty-text": ("10.0.0.1", "", "10.0.0.1"),
    "no-address-last": ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
    "no-address-before-a-proxy": ("10.0.0.1", "203.0.113.9, _hidden, 10.0.0.2", "10.0.0.2"),
    "an-address-with-a-port": ("10.0.0.1", "203.0.113.9:4711", "10.0.0.1"),
    "an-empty-member": ("10.0.0.1", "203.0.113.9,, 10.0.0.2", "10.0.0.2"),
    "white-space": ("10.0.0.1", " \t203.0.113.9 ", "203.0.113.9"),
    "ipv6": ("2001:db8:1::1", "2001:DB8:2:0::9", "2001:db8:2::9"),
    "ipv6-no-proxy": ("2001:db8:2::1", "203.0.113.9", "2001:db8:2::1"),
    "ipv4-in-ipv6": ("::ffff:10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
    "no-peer": (None, "203.0.113.9", "unknown"),
    "a-unix-socket": ("", "203.0.113.9", "unknown"),
    "a-peer-that-is-no-address": ("testclient", "203.0.113.9", "testclient"),
}


@pytest.mark.parametrize(("peer", "forwarded_for", "client"), CHAINS.values(), ids=CHAINS.keys())
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(
    proxied: Settings, peer: str | None, forwarded_for: str | None, client: str
) -> None:
    assert client_address(proxied, peer=peer, forwarded_for=forwarded_for) == client


@pytest.mark.parametrize("forwarded_for", ["203.0.113.9", "127.0.0.1", "203.0.113.9, 10.0.0.1"])
def test_without_trusted_proxies_nothing_is_believed(settings: Settings, forwarded_for: str) -> None:
    for peer in ("127.0.0.1", "10.0.0.1", "::1"):
        assert client_address(settings, peer=peer, forwarded_for=forwarded_for) == peer


@given(st.text(max_size=80) | st.text("0123456789.:, abcdef", max_size=80))
def test_any_header_is_read(forwarded_for: str) -> None:
    settings = Settings.model_validate({"trusted_proxies": PROXIES})
    assert client_address(settings, peer="10.0.0.1", forwarded_for=forwarded_for)


ADDRESSES = {
    "203.0.113.9": "address:203.0.113.9",
    "2001:db8:2:3:4:5:6:7": "address:2001:db8:2:3::/64",
    "2001:db8:2:3::1": "address:2001:db8:2:3::/64",
    "2001:db8:2:4::1": "address:2001:db8:2:4::/64",
    "fe80::1%eth0": "address:fe80::/64",
    "unknown": "address:unknown",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_of_one_ipv6_network_count_as_one(settings: Settings, address: str) -> None:
    assert address_key(address) == ADDRESSES[address]
    assert client_key(settings, authorization=None, address=address) == ADDRESSES[address]


def test_a_good_token_counts_for_its_user_wherever_it_comes_from(settings: Settings) -> None:
    token = issue_token(settings, user_id=7)
    for address in ("203.0.113.9", "2001:db8::1"):
        assert client_key(settings, authorization=f"bearer {token}", address=address) == "user:7"


def test_any_other_token_counts_for_its_address(settings: Settings, make_settings: MakeSettings) -> None:
    foreign = issue_token(make_settings(secret_key="x" * 32), user_id=7)
    token = issue_token(settings, user_id=7)
    for authorization in (f"Bearer {foreign}", f"Bearer {token}x", "Bearer", "Bearer x", f"Basic {token}", "", token):
        assert client_key(settings, authorization=authorization, address="203.0.113.9") == "address:203.0.113.9"
