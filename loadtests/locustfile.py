"""The loads of the API: `locust -f loadtests/locustfile.py --host http://127.0.0.1:8000 [Blog | Ping | Article | …]`.

Every class is one scenario of the comparison; `Blog`, a visitor's mix, is what runs when none is named. The comparison
uses these same classes, so what you try by hand is what it measures.
"""

import random
from argparse import ArgumentParser

import gevent  # type: ignore[import-untyped] # gevent has no types
from locust import events, task
from locust.contrib.fasthttp import ResponseContextManager
from locust.env import Environment
from locust.runners import WorkerRunner

from traffic.base_data import ARTICLES_PATH, PAGE_LIMIT
from traffic.checks import article_fault, created_fault, page_fault
from traffic.user import READER, WRITER, ApiUser, forget_base_data

PING_PATH = "/api/v1/ping"
ARTICLE_ROUTE = f"{ARTICLES_PATH}/{{id}}"
NEW_ARTICLE = {"title": "Written under load", "content": "One paragraph. " * 20, "published": True, "tags": ["load"]}


class Visitor(ApiUser):
    """What there is to do on a blog; the classes below say how often."""

    abstract = True

    def read_article(self) -> None:
        """Ask for one published article, drawn evenly from the base data."""
        number = random.choice(self.data.ids)  # noqa: S311 - a draw of a load, no secret
        article = self.data.articles[number]
        self.get(f"{ARTICLES_PATH}/{number}", name=ARTICLE_ROUTE, check=lambda body, _: article_fault(body, article))

    def read_page(self) -> None:
        """Ask for 20 articles with authors, tags and total: one of the first ten pages."""
        data, skip = self.data, random.choice(self.data.skips)  # noqa: S311 - a draw of a load, no secret

        def check(body: object, _: ResponseContextManager) -> str | None:
            return page_fault(body, known=data.articles, skip=skip, limit=PAGE_LIMIT, least_total=data.total)

        self.get(f"{ARTICLES_PATH}?skip={skip}&limit={PAGE_LIMIT}", name=ARTICLES_PATH, check=check)

    def create_article(self) -> None:
        """Publish an article as an editor."""

        def check(body: object, response: ResponseContextManager) -> str | None:
            return created_fault(body, NEW_ARTICLE, response.headers and response.headers.get("location"))

        self.post(ARTICLES_PATH, NEW_ARTICLE, name=ARTICLES_PATH, check=check)


class Ping(ApiUser):
    """The framework's own cost: no database, no token."""

    wants_base_data = False

    @task
    def ping(self) -> None:
        """Ask whether the process is there."""
        self.get(PING_PATH, name=PING_PATH, check=lambda body, _: None if body == {"pong": True} else "not the pong")


class Article(Visitor):
    """One article by its id, with author and tags."""

    @task
    def article(self) -> None:
        """Read one."""
        self.read_article()


class Page(Visitor):
    """A page of articles with authors, tags and total."""

    @task
    def page(self) -> None:
        """Read one."""
        self.read_page()


class PageAuthenticated(Page):
    """The same page, asked for with a token, so that the difference is what checking it costs."""

    account = READER


class CreateArticle(Visitor):
    """A write: one article with a tag, in a transaction."""

    account = WRITER
    wants_base_data = False

    @task
    def create(self) -> None:
        """Write one."""
        self.create_article()


class Blog(Visitor):
    """An editor who mostly reads: 45 % pages, 45 % articles, 8 % new articles, 2 % new tokens."""

    account = WRITER
    human_wait_seconds = 3.0

    @task(45)
    def page(self) -> None:
        """Read a page."""
        self.read_page()

    @task(45)
    def article(self) -> None:
        """Read an article."""
        self.read_article()

    @task(8)
    def create(self) -> None:
        """Write an article."""
        self.create_article()

    @task(2)
    def token(self) -> None:
        """Log in again."""
        self.log_in()


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def add_wait(parser: ArgumentParser) -> None:
    """Let the pace be set on the command line and in the web page."""
    parser.add_argument(
        "--wait", type=float, help="mean seconds between two requests of a user; without it 3 for Blog, 0 for others"
    )


@events.init.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def run_blog_when_none_is_named(environment: Environment, **_: object) -> None:
    """Keep the scenario classes out of a run that names none; a worker takes what its master names."""
    options = environment.parsed_options
    named = options is None or options.user_classes or options.class_picker
    if not named and not isinstance(environment.runner, WorkerRunner):
        environment.user_classes = [Blog]


@events.init.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def look_at_the_clock(**_: object) -> None:
    """Start `--run-time` now: timers count from the loop's last look, and imports have blocked it for seconds."""
    gevent.get_hub().loop.update_now()


@events.test_stop.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def forget(environment: Environment, **_: object) -> None:
    """Another start from the web page may name another host."""
    forget_base_data(environment)
