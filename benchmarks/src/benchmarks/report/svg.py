"""Scalable Vector Graphics as text: elements, and drawings with a title and a description that are read aloud."""

from markupsafe import Markup, escape

Value = str | float


def element(name: str, *content: str, **attributes: Value) -> Markup:
    """One element. `class_` is its class, and an underscore in another name is a hyphen."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), number(value)) for key, value in attributes.items()
    )
    inside = Markup("").join(content)
    return Markup("<{}{}>{}</{}>").format(Markup(name), written, inside, Markup(name))  # noqa: S704 - our own name


def number(value: Value) -> str:
    """A coordinate to the tenth, as no eye sees more."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, class_: str, anchor: str = "start") -> Markup:
    """Words that begin, end or have their middle at a point."""
    return element("text", escape(words), x=x, y=y, class_=class_, text_anchor=anchor)


def line(start: tuple[float, float], end: tuple[float, float], class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def box(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """A rectangle that is never too thin to be seen."""
    return element("rect", x=x, y=y, width=max(width, 0.5), height=height, class_=class_)


def mark(x: float, y: float, slot: int, size: float = 3.5) -> Markup:
    """A variant's mark: each has a shape of its own, so that its colour is not needed to know it."""
    width, wide = size * 0.9, size * 1.25
    shapes = (
        f"M{number(x - size)} {number(y)}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0",
        f"M{number(x - width)} {number(y - width)}h{2 * width:.1f}v{2 * width:.1f}h{-2 * width:.1f}z",
        f"M{number(x)} {number(y - wide)}l{wide:.1f} {2 * size:.1f}h{-2 * wide:.1f}z",
        f"M{number(x)} {number(y - wide)}l{wide:.1f} {wide:.1f}l{-wide:.1f} {wide:.1f}l{-wide:.1f} {-wide:.1f}z",
    )
    kind = "mark" if slot < len(shapes) else "mark open"
    return element("path", d=shapes[slot % len(shapes)], class_=f"{kind} v{slot}")


def drawing(key: str, size: tuple[float, float], title: str, description: str, *content: str) -> Markup:
    """A drawing; `key` is unique on its page."""
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-t"),
        element("desc", escape(description), id=f"{key}-d"),
        *content,
        viewBox=f"0 0 {number(size[0])} {number(size[1])}",
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
    )
