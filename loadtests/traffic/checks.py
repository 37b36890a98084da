"""Whether an answer is the one that was asked for. Pure: no clock, no network, no Locust."""

from collections.abc import Mapping, Sequence

Json = Mapping[str, object]
ARTICLE_KEYS = frozenset(
    {"id", "title", "content", "published", "tags", "author", "version", "created_at", "updated_at"}
)


def article_fault(body: object, expected: Json) -> str | None:
    """Compare an article with the one that the list showed.

    Returns:
        What is wrong in a few words, or None. The words name no id, so that equal faults count as one kind.
    """
    if not isinstance(body, dict):
        return "article is no object"
    if body.keys() != expected.keys():
        return "article has other members"
    return next((f"article has another {key}" for key in expected if body[key] != expected[key]), None)


def page_fault(body: object, *, known: Mapping[int, Json], skip: int, limit: int, least_total: int) -> str | None:
    """Check a page of articles while others may be writing: rows may have moved down, but none may be wrong.

    Parameters:
        known: the articles that were read before the load began, by id.
        least_total: how many articles there were then; the load only adds to them.

    Returns:
        What is wrong in a few words, or None.
    """
    if not isinstance(body, dict) or body.keys() != {"data", "meta"}:
        return "page has other members"
    data, meta = body["data"], body["meta"]
    if not isinstance(data, list) or not isinstance(meta, dict):
        return "page has members of other types"
    fault = _meta_fault(meta, skip=skip, limit=limit, least_total=least_total)
    return fault or _rows_fault(data, known, count=min(limit, meta["total"] - skip))


def created_fault(body: object, sent: Json, location: object) -> str | None:
    """Check the answer to a creation against what was sent.

    Returns:
        What is wrong in a few words, or None.
    """
    if not isinstance(body, dict) or body.keys() != ARTICLE_KEYS:
        return "created article has other members"
    if location != f"/api/v1/articles/{body['id']}":
        return "Location names another article"
    if body["version"] != 1:
        return "created article has another version"
    return next((f"created article has another {key}" for key in sent if body[key] != sent[key]), None)


def token_fault(body: object) -> str | None:
    """Check the answer of the token endpoint (contract, section 3).

    Returns:
        What is wrong in a few words, or None.
    """
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        return "no access_token"
    seconds = body.get("expires_in")
    return None if isinstance(seconds, int) and seconds > 0 else "no expires_in"


def _meta_fault(meta: Json, *, skip: int, limit: int, least_total: int) -> str | None:
    total = meta.get("total")
    if meta.get("skip") != skip or meta.get("limit") != limit:
        return "meta has another skip or limit"
    return None if isinstance(total, int) and total >= least_total else "meta has a smaller total"


def _rows_fault(rows: Sequence[object], known: Mapping[int, Json], *, count: int) -> str | None:
    articles = [row for row in rows if isinstance(row, dict) and row.keys() == ARTICLE_KEYS]
    if len(rows) != count or len(articles) != count:
        return "page has other rows"
    order = [(article["created_at"], article["id"]) for article in articles]
    if order != sorted(order, reverse=True):
        return "page has another order"
    faults = (article_fault(article, known.get(article["id"], article)) for article in articles)
    return next((fault for fault in faults if fault), None)
