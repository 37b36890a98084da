"""What there is to do on a blog. Each name of `TASKS` is one request; classes and mixes say how often each comes."""

import random
import re
from collections.abc import Callable, Mapping

from locust.contrib.fasthttp import ResponseContextManager

from traffic.base_data import ARTICLES_PATH, PAGE_LIMIT, PAGES
from traffic.checks import article_fault, comment_fault, comments_fault, created_fault, keyset_fault, page_fault
from traffic.user import WRITER, Account, ApiUser

PING_PATH = "/api/v1/ping"
KEYSET_PATH = "/api/v2/articles"
ARTICLE_ROUTE = f"{ARTICLES_PATH}/{{id}}"
COMMENTS_ROUTE = f"{ARTICLE_ROUTE}/comments"
NEW_ARTICLE = {"title": "Written under load", "content": "One paragraph. " * 20, "published": True, "tags": ["load"]}
NEW_COMMENT = {"body": "Well said. " * 10 + "Thanks."}
# Quotation marks within a text have a backslash before them, so this is the member and nothing that somebody wrote.
CURSOR = re.compile(rb'"next":\s*"([A-Za-z0-9_-]+)"')


class Visitor(ApiUser):
    """One who can do all of it."""

    abstract = True
    # Where it is on its way through the keyset pages: the cursor, and how many pages it has seen.
    _after = ""
    _pages_seen = 0

    def ping(self) -> None:
        """Ask whether the process is there."""
        self.get(PING_PATH, name=PING_PATH, check=lambda body, _: None if body == {"pong": True} else "not the pong")

    def read_article(self) -> None:
        """Ask for one published article, drawn evenly from the base data."""
        number = self._drawn()
        article = self.data.articles[number]
        self.get(f"{ARTICLES_PATH}/{number}", name=ARTICLE_ROUTE, check=lambda body, _: article_fault(body, article))

    def read_page(self) -> None:
        """Ask for 20 articles with authors, tags and total: one of the first ten pages."""
        data, skip = self.data, random.choice(self.data.skips)  # noqa: S311 - a draw of a load, no secret

        def check(body: object, _: ResponseContextManager) -> str | None:
            return page_fault(body, known=data.articles, skip=skip, limit=PAGE_LIMIT, least_total=data.total)

        self.get(f"{ARTICLES_PATH}?skip={skip}&limit={PAGE_LIMIT}", name=ARTICLES_PATH, check=check)

    def read_keyset_page(self) -> None:
        """Ask for the 20 articles after the last answer's, by its cursor; after ten pages from the beginning."""
        known, after = self.data.articles, f"&after={self._after}" if self._after else ""

        def check(body: object, _: ResponseContextManager) -> str | None:
            return keyset_fault(body, known=known, limit=PAGE_LIMIT)

        content = self.get(f"{KEYSET_PATH}?limit={PAGE_LIMIT}{after}", name=KEYSET_PATH, check=check)
        found = CURSOR.search(content)
        self._pages_seen += 1
        if found is None or self._pages_seen == PAGES:
            self._after, self._pages_seen = "", 0
        else:
            self._after = found[1].decode()

    def read_comments(self) -> None:
        """Ask for the first 20 comments of an article."""
        number = self._drawn()

        def check(body: object, _: ResponseContextManager) -> str | None:
            return comments_fault(body, article_id=number, limit=PAGE_LIMIT)

        self.get(f"{ARTICLES_PATH}/{number}/comments?limit={PAGE_LIMIT}", name=COMMENTS_ROUTE, check=check)

    def create_comment(self) -> None:
        """Comment on an article."""
        path = f"{ARTICLES_PATH}/{self._drawn()}/comments"

        def check(body: object, response: ResponseContextManager) -> str | None:
            return comment_fault(body, NEW_COMMENT, path, response.headers and response.headers.get("location"))

        self.post(path, NEW_COMMENT, name=COMMENTS_ROUTE, check=check)

    def create_article(self) -> None:
        """Publish an article as an editor."""

        def check(body: object, response: ResponseContextManager) -> str | None:
            return created_fault(body, NEW_ARTICLE, response.headers and response.headers.get("location"))

        self.post(ARTICLES_PATH, NEW_ARTICLE, name=ARTICLES_PATH, check=check)

    def new_token(self) -> None:
        """Log in, which is a password to hash."""
        self.log_in()

    def _drawn(self) -> int:
        return random.choice(self.data.ids)  # noqa: S311 - a draw of a load, no secret


Task = Callable[[Visitor], None]
TASKS: Mapping[str, Task] = {
    "ping": Visitor.ping,
    "article": Visitor.read_article,
    "page": Visitor.read_page,
    "page_v2": Visitor.read_keyset_page,
    "comments": Visitor.read_comments,
    "comment": Visitor.create_comment,
    "create_article": Visitor.create_article,
    "token": Visitor.new_token,
}
NEED_NO_BASE_DATA = frozenset({"ping", "create_article", "token"})
NEED_AN_EDITOR = frozenset({"comment", "create_article", "token"})


def visitor_class(
    name: str, weights: Mapping[str, int], *, account: Account | None = None, human_wait_seconds: float = 0.0
) -> type[Visitor]:
    """Make a user class that does each task as often as its weight says.

    Parameters:
        weights: by names of `TASKS`; how often each comes among the sum of all.
        account: who logs in, where no task needs an editor.
        human_wait_seconds: between two requests where Locust's command line sets no other pace.
    """
    members = {
        "tasks": {TASKS[task]: weight for task, weight in weights.items()},
        "account": WRITER if weights.keys() & NEED_AN_EDITOR else account,
        "wants_base_data": bool(weights.keys() - NEED_NO_BASE_DATA),
        "human_wait_seconds": human_wait_seconds,
        "__doc__": ", ".join(f"{task} {weight}" for task, weight in weights.items()),
    }
    return type(name, (Visitor,), members)
