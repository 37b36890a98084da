"""What each layer costs of a request, by leaving layers out: differences between handlers and scenarios. Pure.

All of Python's own code is one C function to a profiler, so the layers of a request cannot be read off its profile.
But the bare handler stands on the same server, framework and driver without the contract and without a data layer, and
ping asks for no data. So four counts tell four layers, which add up to the cost of the request exactly:

    server and framework                    bare ping
    contract's middleware                   shipped ping - bare ping
    query by the bare driver and JSON       bare request - bare ping
    data layer and serializing              what is left of the shipped request

A layer is below 0 where the shipped handler does a thing for less than the bare one.
"""

from collections.abc import Mapping

SHIPPED, BARE, PING = "shipped", "bare", "ping"
SERVER, CONTRACT = "server and framework", "contract's middleware"
QUERY, DATA = "query by the bare driver and JSON", "data layer and serializing"

# Instructions of a request, by handler and scenario.
Costs = Mapping[tuple[str, str], float]


def layers_of(handler: str, scenario: str, costs: Costs) -> dict[str, float]:
    """Split what a request costs into layers.

    Parameters:
        costs: what the variant's requests cost, this one among them.

    Returns:
        Instructions by layer; empty where a count is missing that they are told from.
    """
    needed = {(each, about) for each in {BARE, handler} for about in {PING, scenario}}
    if not needed <= costs.keys():
        return {}
    base = costs[BARE, PING]
    layers = {SERVER: base}
    if handler == SHIPPED:
        layers[CONTRACT] = costs[SHIPPED, PING] - base
    if scenario != PING:
        layers[QUERY] = costs[BARE, scenario] - base
    if handler == SHIPPED and scenario != PING:
        layers[DATA] = costs[SHIPPED, scenario] - sum(layers.values())
    return layers
