"""Whose request it is, as far as limits go: the token's user, or else the address that it comes from."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from blogapi.problems import Problem
from blogapi.settings import Settings
from blogapi.tokens import bearer_token, read_token

# A household or a server is given at least a /64 (RFC 6177), so that single addresses would limit nobody.
_IPV6_PREFIX = 64
# The longest form has 45 characters (RFC 4291, 2.2), and a zone may follow it.
_ADDRESS_MAX = 64


def client_address(settings: Settings, *, peer: str | None, forwarded_for: str | None) -> str:
    """Give the address of the client.

    Args:
        settings: whose `TRUSTED_PROXIES` say which peers are believed.
        peer: the other end of the connection; None or "" where it has no address (a Unix socket).
        forwarded_for: the X-Forwarded-For header, its lines joined by commas.

    Returns:
        The last address in the chain of peer and header, read from the end, that is no trusted proxy; where all are,
        the first one. What comes before something that is no address is not believed.
    """
    address = _parsed(peer or "")
    for text in reversed((forwarded_for or "").split(",")):
        if address is None or not any(address in network for network in settings.trusted_proxies):
            break
        claimed = _parsed(text.strip())
        if claimed is None:
            break
        address = claimed
    return str(address) if address is not None else peer or "unknown"


def client_key(settings: Settings, *, authorization: str | None, address: str) -> str:
    """Give what a client's requests are counted under: the user of a good token, else the address.

    An IPv6 address counts as its network of 64 bits. Whether the user still exists is not asked here.
    """
    try:
        token = bearer_token(authorization)
        if token is not None:
            return f"user:{read_token(settings, token)}"
    except Problem:
        # Refused later on, in its turn; until then whoever sent it is counted by address.
        pass
    return address_key(address)


def address_key(address: str) -> str:
    """Give what requests of an address are counted under, whoever sends them."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        address = str(ip_network((parsed, _IPV6_PREFIX), strict=False))
    return f"address:{address}"


# The same few clients and proxies ask again and again.
@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    if len(text) > _ADDRESS_MAX:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
