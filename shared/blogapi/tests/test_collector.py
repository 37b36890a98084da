"""The garbage collector of a server's process."""

import subprocess
import sys

PROGRAM = """
import gc
from blogapi.collector import freeze_the_application

kept = [[number] for number in range(1000)]
garbage = []
garbage.append(garbage)
gone = id(garbage)
del garbage
freeze_the_application()
print(gc.get_freeze_count() > 1000, gc.isenabled(), any(id(one) == gone for one in gc.get_objects()))
collected_later = []
collected_later.append(collected_later)
del collected_later
print(gc.collect() > 0)
"""


def test_what_is_there_is_passed_over_and_what_comes_later_is_collected() -> None:
    """In a process of its own, whose collector it changes for good."""
    told = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, timeout=60)
    assert told.stdout.split() == ["True", "True", "False", "True"]
