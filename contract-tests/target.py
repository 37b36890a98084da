"""What the suite is told about the server: nothing but environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Target:
    """Where the server is, and who its first administrator is. Without a key no token can be forged."""

    base_url: str
    admin_username: str
    admin_password: str
    secret_key: str | None
    jwt_issuer: str
    jwt_audience: str

    @property
    def host(self) -> str:
        """The server's name and port, as a Host header has them."""
        return urlsplit(self.base_url).netloc


def faults(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Name the variables that are needed and not set, or are no base URL."""
    needed = ("CONTRACT_BASE_URL", "CONTRACT_ADMIN_USERNAME", "CONTRACT_ADMIN_PASSWORD")
    missing = [f"{name} is not set" for name in needed if not environment.get(name)]
    url = urlsplit(environment.get("CONTRACT_BASE_URL", "http://unset"))
    if url.scheme not in ("http", "https") or not url.netloc or url.path.strip("/"):
        missing.append("CONTRACT_BASE_URL is no http://host:port")
    return missing


def load(environment: Mapping[str, str] = os.environ) -> Target:
    """Read the settings; `faults` has been asked before."""
    return Target(
        base_url=environment["CONTRACT_BASE_URL"].rstrip("/"),
        admin_username=environment["CONTRACT_ADMIN_USERNAME"],
        admin_password=environment["CONTRACT_ADMIN_PASSWORD"],
        secret_key=environment.get("CONTRACT_SECRET_KEY") or None,
        jwt_issuer=environment.get("CONTRACT_JWT_ISSUER", "blog-api"),
        jwt_audience=environment.get("CONTRACT_JWT_AUDIENCE", "blog-api"),
    )
