"""Every variant asks the database exactly as often as every other, and within the contract's budget (section 8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
import requests

from variants.catalog import Variant, load_variants
from variants.engines import Engine
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME
from variants.process import running
from variants.statements import Statements, traced_database

NEW_ARTICLE = {"title": "Counted", "content": "One paragraph.", "published": True}
TAGS = {"tags": ["one", "three", "two"]}


@dataclass(frozen=True)
class Counted:
    """A seeded variant whose statements are counted."""

    base_url: str
    log: Statements
    session: requests.Session
    token: dict[str, str]

    def statements(
        self,
        path: str,
        *,
        method: str = "GET",
        token: bool = False,
        body: dict[str, object] | None = None,
        condition: str | None = None,
    ) -> list[str]:
        """What one request asks the database, once the way has been walked before."""
        expected = 201 if method == "POST" else 200
        for _warming_up in (True, False):
            mark = self.log.mark()
            assert self._status(method, path, token, body, condition) == expected
        return self.log.since(mark)

    def _status(
        self, method: str, path: str, token: bool, body: dict[str, object] | None, condition: str | None
    ) -> int:
        headers = {**(self.token if token else {}), **({"If-None-Match": condition} if condition else {})}
        return self.session.request(method, self.base_url + path, headers=headers, json=body, timeout=30).status_code


@pytest.fixture(
    scope="module",
    params=product(Engine, load_variants().values()),
    ids=lambda engine_and_variant: f"{engine_and_variant[1].name}-{engine_and_variant[0]}",
)
def counted(request: pytest.FixtureRequest) -> Iterator[Counted]:
    """A variant on an engine, started once for all that is counted."""
    engine: Engine
    variant: Variant
    engine, variant = request.param
    with (
        traced_database(engine) as database,
        requests.Session() as session,
        running(variant, database_url=database.url, environment=database.environment) as server,
    ):
        yield Counted(server.base_url, database.statements, session, _token(server.base_url))


def _token(base_url: str) -> dict[str, str]:
    form = {"grant_type": "password", "username": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
    answer = requests.post(f"{base_url}/api/v1/token", data=form, timeout=30)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_a_ping_asks_nothing(counted: Counted) -> None:
    assert counted.statements("/api/v1/ping") == []


def test_an_article_takes_two_statements(counted: Counted) -> None:
    assert len(counted.statements("/api/v1/articles/1")) == 2


@pytest.mark.parametrize("limit", [1, 20, 100])
def test_a_page_takes_three_statements_whatever_its_size(counted: Counted, limit: int) -> None:
    assert len(counted.statements(f"/api/v1/articles?limit={limit}")) == 3


@pytest.mark.parametrize("limit", [1, 20, 100])
def test_a_keyset_page_takes_two_statements_wherever_it_is(counted: Counted, limit: int) -> None:
    path = f"/api/v2/articles?limit={limit}"
    assert len(counted.statements(path)) == 2
    following = requests.get(counted.base_url + path, timeout=30).json()["meta"]["next"]
    assert len(counted.statements(f"{path}&after={following}")) == 2


def test_a_page_of_comments_takes_two_statements_beside_those_of_the_article(counted: Counted) -> None:
    assert len(counted.statements("/api/v1/articles/1/comments")) == 4


def test_a_condition_takes_no_statement_more(counted: Counted) -> None:
    path = "/api/v1/articles/1"
    plain = counted.statements(path, method="PATCH", token=True, body={"published": True})
    # Of another state than the article's, so that the change is made each time.
    tagged = counted.statements(path, method="PATCH", token=True, body={"published": True}, condition='"1.999999.1"')
    assert len(plain) == len(tagged) == 6


def test_a_token_takes_one_more(counted: Counted) -> None:
    assert len(counted.statements("/api/v1/articles/1", token=True)) == 3
    assert len(counted.statements("/api/v1/articles", token=True)) == 4


def test_a_new_article_takes_three_statements_with_its_tags(counted: Counted) -> None:
    assert len(counted.statements("/api/v1/articles", method="POST", token=True, body=NEW_ARTICLE | TAGS)) == 3


def test_a_new_article_without_tags_takes_two_statements(counted: Counted) -> None:
    assert len(counted.statements("/api/v1/articles", method="POST", token=True, body=dict(NEW_ARTICLE))) == 2
