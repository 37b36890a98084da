"""The short form of `soak.py`: what leaks with every request shows in half a minute."""

import pytest

from faults.soak import soak
from variants.catalog import Variant

SECONDS = 20.0
# Caches still fill within so short a time.
GROWTH_MAX = 0.2


@pytest.mark.long
def test_nothing_grows_at_half_capacity(variant: Variant) -> None:
    assert soak(variant, SECONDS).objections(GROWTH_MAX) == []
