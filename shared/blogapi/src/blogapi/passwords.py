"""Argon2id with one parameter set for all variants (OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane).

Each call takes tens of milliseconds without the interpreter's lock: run it in a thread where there is an event loop.
"""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from blogapi.settings import Settings

_NOBODYS_PASSWORD = "no account has this password"  # noqa: S105 -- hashed as a dummy, opens nothing


@lru_cache
def password_hasher(settings: Settings) -> PasswordHasher:
    """Make the hasher that the settings ask for."""
    return PasswordHasher(
        memory_cost=settings.argon2_memory_kib,
        time_cost=settings.argon2_time_cost,
        parallelism=settings.argon2_parallelism,
    )


def hash_password(settings: Settings, password: str) -> str:
    """Hash a password with a random salt, in PHC string format."""
    return password_hasher(settings).hash(password)


def verify_password(settings: Settings, *, password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the hash's.

    Args:
        settings: with the parameters.
        password_hash: of the account, or None where there is no such account: the same work is done.
        password: as sent.

    Returns:
        Whether it fits; never for None.
    """
    # Made whether it is needed or not: else the first unknown name of a process would cost two hashes.
    dummy = _dummy_hash(settings)
    try:
        password_hasher(settings).verify(password_hash or dummy, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@lru_cache
def _dummy_hash(settings: Settings) -> str:
    return hash_password(settings, _NOBODYS_PASSWORD)
