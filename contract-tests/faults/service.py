"""A variant as the tests of faults run it, and its first administrator's token."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from faults.calls import CALL_SECONDS, Line
from variants.catalog import Variant
from variants.databases import Rows
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME, UNLIMITED_SETTINGS
from variants.process import RunningVariant, running
from variants.profiles import CHEAP_PASSWORDS

ROWS = Rows(articles=200, users=60)
SETTINGS = {**CHEAP_PASSWORDS, **UNLIMITED_SETTINGS, "LOG_LEVEL": "warning"}


@dataclass(frozen=True)
class Service:
    """A variant that runs."""

    server: RunningVariant
    token: str = field(repr=False)

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return self.server.base_url

    def line(self, *, seconds: float = CALL_SECONDS) -> Line:
        """A new client, who is the administrator."""
        return Line(self.base_url, self.token, seconds=seconds)


@contextmanager
def served(
    variant: Variant, database_url: str, *, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Run a variant without limits and with cheap passwords for as long as the body runs.

    Parameters:
        settings: over these.

    Raises:
        VariantFailedError: it did not start.
    """
    environment = {**SETTINGS, **(settings or {})}
    with running(variant, database_url=database_url, workers=workers, environment=environment) as server:
        yield Service(server, admin_token(server.base_url))


def admin_token(base_url: str) -> str:
    """Log the first administrator in."""
    parts = urlsplit(base_url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=CALL_SECONDS)
    form = urlencode({"grant_type": "password", "username": ADMIN_USERNAME, "password": ADMIN_PASSWORD})
    try:
        connection.request("POST", "/api/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        return str(json.loads(connection.getresponse().read())["access_token"])
    finally:
        connection.close()
