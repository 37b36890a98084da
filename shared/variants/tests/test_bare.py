"""Every bare server answers as the variant that is shipped, and asks the database for the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
import requests

from variants.catalog import Handler, Variant, load_variants
from variants.engines import Engine
from variants.environment import UNLIMITED_SETTINGS
from variants.process import running
from variants.statements import Statements, traced_database

# Whose statements are the shared store's; another ORM writes its own.
SHARED_STORE = "SQLAlchemy Core"
PAGES = ["/api/v1/articles", "/api/v1/articles?skip=40&limit=3", "/api/v1/articles?limit=100&skip=5000"]
BEYOND = "/api/v1/articles?skip=100000"
NOBODYS = "/api/v1/articles/999999999"
Answer = tuple[int, str, dict[str, object]]


@dataclass(frozen=True)
class Pair:
    """Both servers of a variant, on one database."""

    variant: Variant
    urls: dict[Handler, str]
    log: Statements
    session: requests.Session

    def answer(self, handler: Handler, path: str) -> tuple[Answer, bytes]:
        """Status, media type and JSON of an answer, and its very bytes."""
        response = self.session.get(self.urls[handler] + path, timeout=30)
        members = response.json()
        # Of a request that is not logged there is none.
        members.pop("request_id", None)
        return (response.status_code, response.headers["Content-Type"], members), response.content

    def statements(self, handler: Handler, path: str) -> list[str]:
        """What one request asks the database, on connections that have all been used."""
        for _ in range(2):
            mark = self.log.mark()
            self.answer(handler, path)
        return self.log.since(mark)


@pytest.fixture(
    scope="module",
    params=product(Engine, [variant for variant in load_variants().values() if variant.bare is not None]),
    ids=lambda engine_and_variant: f"{engine_and_variant[1].name}-{engine_and_variant[0]}",
)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A variant on an engine, both of its servers started once for all that is compared."""
    engine: Engine
    variant: Variant
    engine, variant = request.param
    with traced_database(engine) as database, requests.Session() as session:
        settings = {**UNLIMITED_SETTINGS, **database.environment}
        with (
            running(variant, database_url=database.url, environment=settings) as shipped,
            running(variant, database_url=database.url, environment=settings, handler=Handler.BARE) as bare,
        ):
            urls = {Handler.SHIPPED: shipped.base_url, Handler.BARE: bare.base_url}
            yield Pair(variant, urls, database.statements, session)


def published(pair: Pair, count: int) -> list[str]:
    """The paths of some articles that everybody sees."""
    page = pair.session.get(f"{pair.urls[Handler.SHIPPED]}/api/v1/articles?limit={count}", timeout=30).json()
    return [f"/api/v1/articles/{article['id']}" for article in page["data"]]


def a_draft(pair: Pair) -> str:
    """The path of an article that only its author sees: of the seeded ones some are no article to the public."""
    paths = (f"/api/v1/articles/{number}" for number in range(1, 10_001))
    return next(path for path in paths if pair.answer(Handler.SHIPPED, path)[0][0] == 404)


def test_the_public_routes_answer_alike_to_the_byte(pair: Pair) -> None:
    for path in ["/api/v1/ping", *published(pair, 10), *PAGES, BEYOND]:
        shipped, bare = pair.answer(Handler.SHIPPED, path), pair.answer(Handler.BARE, path)
        assert bare == shipped
        assert bare[0][0] == 200


def test_what_nobody_may_see_is_not_found_alike(pair: Pair) -> None:
    for path in [NOBODYS, a_draft(pair)]:
        bare = pair.answer(Handler.BARE, path)[0]
        assert bare == pair.answer(Handler.SHIPPED, path)[0]
        assert bare[0] == 404


def test_the_database_is_asked_for_the_same(pair: Pair) -> None:
    for path in ["/api/v1/ping", published(pair, 1)[0], *PAGES, NOBODYS, a_draft(pair)]:
        shipped, bare = pair.statements(Handler.SHIPPED, path), pair.statements(Handler.BARE, path)
        assert len(bare) == len(shipped)
        if pair.variant.data.orm == SHARED_STORE:
            assert bare == shipped


def test_nothing_but_the_three_routes_is_served(pair: Pair) -> None:
    base_url = pair.urls[Handler.BARE]
    for path in ["/", "/health/ready", "/metrics", "/api/v1/users", "/openapi.json"]:
        assert pair.session.get(base_url + path, timeout=30).status_code == 404


def test_a_response_has_no_header_of_the_middleware(pair: Pair) -> None:
    headers = pair.session.get(pair.urls[Handler.BARE] + "/api/v1/ping", timeout=30).headers
    assert headers["Content-Length"] == "13"
    assert {name.lower() for name in headers} <= {"content-type", "content-length", "date", "server", "connection"}
