"""The settings of a server for a scenario, where it needs others than the run's."""

from collections.abc import Mapping

from benchmarks.plan.scenarios import REDIS, Scenario
from variants.launch import VariantFailedError
from variants.redis_server import redis_url


def settings_for(scenario: Scenario, usual: Mapping[str, str]) -> dict[str, str]:
    """The run's settings with those of a scenario, and the URL of a Redis where one is asked for.

    Raises:
        VariantFailedError: there is no Redis.
        RedisError: it did not start.
    """
    settings = {**usual, **scenario.server_environment}
    if REDIS not in settings.values():
        return settings
    url = redis_url()
    if url is None:
        raise VariantFailedError("there is no Redis: neither REDIS_URL, nor one on this machine, nor its program")
    return {name: url if value == REDIS else value for name, value in settings.items()}
