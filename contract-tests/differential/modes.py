"""The kinds of servers that are compared: with limits that nobody meets, with none, and with small ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from envelopes import ALLOWED_ORIGINS
from fleet import Fleet
from hypothesis.strategies import SearchStrategy
from limited import TRUSTED, limited_sequences, own_values
from request import Request
from sequences import sequences
from world import World, bare_world, make_world

Values = Mapping[str, str]


@dataclass(frozen=True)
class Mode:
    """One kind of servers, and what is played against them.

    Args:
        settings: of the servers.
        world: prepares their databases.
        sequences: what is played.
        values: what stands for names in the requests of the sequence of this number; the servers' key is the second.
        free: headers that are not compared; `forms.py` holds their form.
        logs_in: whether the world's users get new tokens for each round.
    """

    settings: Values
    world: Callable[[Fleet], World]
    sequences: Callable[[World], SearchStrategy[list[Request]]]
    values: Callable[[int, str], Values] = lambda _number, _key: {}
    free: frozenset[str] = field(default_factory=frozenset)
    logs_in: bool = True


# In a window of one second `RateLimit-Reset` is always 1, and the memory of it stays small.
OPEN = Mode(
    settings={
        "RATE_LIMIT_DEFAULT": "1000000/second",
        "RATE_LIMIT_TOKEN": "900000/second",
        "CORS_ORIGINS": ",".join(ALLOWED_ORIGINS),
        "CORS_CREDENTIALS": "true",
    },
    world=make_world,
    sequences=sequences,
    free=frozenset({"ratelimit-remaining"}),
)
# 16.6: neither limits nor their headers; and no credentials from other origins.
UNLIMITED = replace(
    OPEN,
    settings={**OPEN.settings, "RATE_LIMIT_DEFAULT": "off", "RATE_LIMIT_TOKEN": "off", "CORS_CREDENTIALS": "false"},
)
# No origin is allowed here. How many seconds are left of an hour depends on the time.
LIMITED = Mode(
    settings={"RATE_LIMIT_DEFAULT": "6/hour", "RATE_LIMIT_TOKEN": "3/hour", "TRUSTED_PROXIES": TRUSTED},
    world=bare_world,
    sequences=lambda _world: limited_sequences(),
    values=own_values,
    free=frozenset({"ratelimit-reset", "retry-after"}),
    logs_in=False,
)
MODES = {"open": OPEN, "unlimited": UNLIMITED, "limited": LIMITED}
