"""What one server has answered in a sequence so far, by the names under which later requests send it back."""

import re
from dataclasses import dataclass, field

from request import Request
from wire import Answer

KEYSET_PATH = "/api/v2/articles"
# Sent before anything was answered: no tag, and no cursor.
NOTHING = '"none"'
_NEXT = re.compile(r'"next":"([A-Za-z0-9_-]+)"')
_GZIP = "-gzip"
_OTHER_LETTER = {"A": "B"}


@dataclass
class Memory:
    """The values of one server, in one sequence.

    `tag` is the last entity tag, `weak_tag` its weak form, `bare_tag` it without quotes, `other_tag` that of the same
    resource's other form, plain or gzip; `tag_before` is the one before. `next` is the last cursor, `next_cut` and
    `next_other` are it with its last letter gone or replaced.

    Args:
        values: by name, those that are there before the first answer.
    """

    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = self.values
        self.values = {"tag": NOTHING}
        self._keep_tag(NOTHING)
        self._keep_cursor("none")
        self.values |= given

    def keep(self, request: Request, answer: Answer) -> None:
        """Keep the tag and the cursor of an answer."""
        tag = answer.value("etag")
        if tag is not None and tag != self.values["tag"]:
            self._keep_tag(tag)
        if (cursor := cursor_of(request, answer)) is not None:
            self._keep_cursor(cursor)

    def _keep_tag(self, tag: str) -> None:
        bare = tag.strip('"')
        other = bare.removesuffix(_GZIP) if bare.endswith(_GZIP) else f"{bare}{_GZIP}"
        before = self.values["tag"]
        self.values |= {"tag": tag, "weak_tag": f"W/{tag}", "bare_tag": bare, "other_tag": f'"{other}"'}
        self.values["tag_before"] = before

    def _keep_cursor(self, cursor: str) -> None:
        other = cursor[:-1] + _OTHER_LETTER.get(cursor[-1], "A")
        self.values |= {"next": cursor, "next_cut": cursor[:-1], "next_other": other}


def cursor_of(request: Request, answer: Answer) -> str | None:
    """The cursor of the next page, if the answer is a keyset page that has one."""
    if answer.status != 200 or KEYSET_PATH not in request.target:
        return None
    try:
        found = _NEXT.search(answer.content.decode())
    except ValueError:
        return None
    return found[1] if found else None
