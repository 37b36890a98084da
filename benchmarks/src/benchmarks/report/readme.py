"""Puts generated tables between two markers of a hand-written page."""

BEGIN = "<!-- comparison:begin -->"
END = "<!-- comparison:end -->"


class MarkerError(Exception):
    """The page has no pair of markers, or several."""


def replace_between_markers(page: str, text: str) -> str:
    """Replace what stands between the markers, which stay; doing it twice changes nothing.

    Raises:
        MarkerError: the markers are not there once each, in order.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise MarkerError(f"the page needs {BEGIN} and then {END}, once each")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}"
