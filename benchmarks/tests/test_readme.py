"""Tables between the markers of a page."""

import pytest

from benchmarks.report.readme import BEGIN, END, MarkerError, replace_between_markers


def test_what_stands_between_the_markers_is_replaced_and_the_rest_kept() -> None:
    page = f"# Title\n\n{BEGIN}\nold\n{END}\n\nAfter\n"
    written = replace_between_markers(page, "new\n")
    assert written == f"# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nAfter\n"
    assert replace_between_markers(written, "new\n") == written


@pytest.mark.parametrize("page", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"])
def test_a_page_without_one_pair_of_markers_is_refused(page: str) -> None:
    with pytest.raises(MarkerError, match="comparison:begin"):
        replace_between_markers(page, "new")
