"""The articles that a load asks for, read from the API itself, so that any database and any variant will do."""

import http
import json
from dataclasses import dataclass

from locust.contrib.fasthttp import FastHttpSession
from locust.event import EventHook

from traffic.checks import ARTICLE_KEYS, Json

ARTICLES_PATH = "/api/v1/articles"
PAGE_LIMIT = 20
# The first pages are what a blog's readers open, and they are all known, so every row of an answer can be checked.
PAGES = 10
READ_LIMIT = 100
SPREAD_READS = 8
SECONDS = 30.0


class BaseDataError(Exception):
    """The API gives no data to ask for; the message says what it answered."""


@dataclass(frozen=True)
class BaseData:
    """Published articles by id, and how many there were in all when the load began."""

    articles: dict[int, Json]
    ids: tuple[int, ...]
    total: int
    skips: tuple[int, ...]


def read_base_data(host: str) -> BaseData:
    """Read the newest articles and an even spread over all the others: the same ones whatever the variant.

    Raises:
        BaseDataError: the API is not there, answers something else, or has no published article.
    """
    unheard = EventHook()  # type: ignore[no-untyped-call] # Locust's
    session = FastHttpSession(host, unheard, None, max_redirects=0, connection_timeout=SECONDS, network_timeout=SECONDS)
    newest, total = _read(session, 0)
    articles = dict(newest)
    for skip in _skips(total):
        articles.update(_read(session, skip)[0])
    if not articles:
        raise BaseDataError(f"{host}{ARTICLES_PATH} lists no article; seed the database first")
    last_page = max(1, min(PAGES, total // PAGE_LIMIT))
    skips = tuple(page * PAGE_LIMIT for page in range(last_page))
    return BaseData(articles=articles, ids=tuple(sorted(articles)), total=total, skips=skips)


def _skips(total: int) -> list[int]:
    step = max(READ_LIMIT, total // SPREAD_READS)
    return [READ_LIMIT, *range(step, max(0, total - READ_LIMIT), step)]


def _read(session: FastHttpSession, skip: int) -> tuple[dict[int, Json], int]:
    response = session.get(f"{ARTICLES_PATH}?limit={READ_LIMIT}&skip={skip}")
    if response.status_code != http.HTTPStatus.OK:
        raise BaseDataError(f"{ARTICLES_PATH}: {response.status_code or getattr(response, 'error', 'no answer')}")
    try:
        body = json.loads(response.content or b"")
        rows, total = body["data"], int(body["meta"]["total"])
        return {int(row["id"]): row for row in rows if row.keys() == ARTICLE_KEYS}, total
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaseDataError(f"{ARTICLES_PATH} answers something other than a page of articles") from error
