"""Whether an answer is the one that was asked for. Pure: no clock, no network, no Locust."""

from collections.abc import Mapping, Sequence

Json = Mapping[str, object]
ARTICLE_KEYS = frozenset(
    {"id", "title", "content", "published", "tags", "author", "version", "created_at", "updated_at"}
)
COMMENT_KEYS = frozenset({"id", "article_id", "author", "body", "created_at"})


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


def keyset_fault(body: object, *, known: Mapping[int, Json], limit: int) -> str | None:
    """Check a page that follows a cursor (contract, section 18); there are more articles than the load walks through.

    Returns:
        What is wrong in a few words, or None.
    """
    if not isinstance(body, dict) or body.keys() != {"data", "meta"}:
        return "page has other members"
    data, meta = body["data"], body["meta"]
    if not isinstance(data, list) or not isinstance(meta, dict) or meta.keys() != {"limit", "next"}:
        return "page has members of other types"
    if meta["limit"] != limit or not isinstance(meta["next"], str | None):
        return "meta has another limit or next"
    # The last page may be shorter.
    return _rows_fault(data, known, count=limit if meta["next"] is not None else min(limit, len(data)))


def comments_fault(body: object, *, article_id: int, limit: int) -> str | None:
    """Check the first comments of an article (contract, section 17), to which others may be adding.

    Returns:
        What is wrong in a few words, or None.
    """
    if not isinstance(body, dict) or body.keys() != {"data", "meta"}:
        return "comments have other members"
    data, meta = body["data"], body["meta"]
    if not isinstance(data, list) or not isinstance(meta, dict):
        return "comments have members of other types"
    if fault := _meta_fault(meta, skip=0, limit=limit, least_total=0):
        return fault
    comments = [row for row in data if isinstance(row, dict) and row.keys() == COMMENT_KEYS]
    if len(data) != min(limit, meta["total"]) or len(comments) != len(data):
        return "comments have other rows"
    if any(comment["article_id"] != article_id for comment in comments):
        return "comment of another article"
    order = [(comment["created_at"], comment["id"]) for comment in comments]
    return None if order == sorted(order) else "comments have another order"


def comment_fault(body: object, sent: Json, path: str, location: object) -> str | None:
    """Check the answer to a comment that was sent to a path.

    Returns:
        What is wrong in a few words, or None.
    """
    if not isinstance(body, dict) or body.keys() != COMMENT_KEYS:
        return "created comment has other members"
    if location != f"{path}/{body['id']}":
        return "Location names another comment"
    if str(body["article_id"]) not in path.split("/"):
        return "created comment is of another article"
    return next((f"created comment has another {key}" for key in sent if body[key] != sent[key]), None)


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
