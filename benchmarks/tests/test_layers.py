"""The layers of a request, told from counts that are known."""

import pytest

from benchmarks.plan.layers import CONTRACT, DATA, QUERY, SERVER, layers_of

COSTS = {
    ("bare", "ping"): 300.0,
    ("bare", "article"): 700.0,
    ("shipped", "ping"): 800.0,
    ("shipped", "article"): 1900.0,
}


def test_four_counts_tell_four_layers_that_add_up() -> None:
    layers = layers_of("shipped", "article", COSTS)
    assert layers == {SERVER: 300.0, CONTRACT: 500.0, QUERY: 400.0, DATA: 700.0}
    assert sum(layers.values()) == COSTS["shipped", "article"]


@pytest.mark.parametrize(
    ("handler", "scenario", "expected"),
    [
        ("bare", "ping", {SERVER: 300.0}),
        ("shipped", "ping", {SERVER: 300.0, CONTRACT: 500.0}),
        ("bare", "article", {SERVER: 300.0, QUERY: 400.0}),
    ],
)
def test_a_request_has_the_layers_that_it_goes_through(handler: str, scenario: str, expected: dict[str, float]) -> None:
    assert layers_of(handler, scenario, COSTS) == expected


@pytest.mark.parametrize("missing", COSTS)
def test_without_one_of_the_counts_there_are_no_layers(missing: tuple[str, str]) -> None:
    costs = {key: value for key, value in COSTS.items() if key != missing}
    assert layers_of("shipped", "article", costs) == {}


def test_a_layer_may_cost_less_than_nothing() -> None:
    cheaper = {**COSTS, ("shipped", "ping"): 250.0}
    assert layers_of("shipped", "ping", cheaper)[CONTRACT] == -50.0
