"""Who may do what: the contract's permission matrix as functions that raise, without a word of HTTP or SQL."""

from collections.abc import Collection

from blogapi.problems import Problem
from blogapi.records import Actor, Article, Comment

ADMIN_MEMBERS = frozenset({"role", "is_active"})


def active_actor(actor: Actor | None) -> Actor:
    """Give the token's user back if there still is one and it is active.

    Raises:
        Problem: `invalid_token`.
    """
    if actor is None or not actor.is_active:
        raise Problem("invalid_token")
    return actor


def require_admin(actor: Actor) -> None:
    """Let admins pass.

    Raises:
        Problem: `forbidden`.
    """
    if not actor.is_admin:
        raise Problem("forbidden")


def require_self_or_admin(actor: Actor, *, user_id: int) -> None:
    """Let the user itself and admins pass; others are not even told whether the user exists.

    Raises:
        Problem: `forbidden`.
    """
    if actor.id != user_id:
        require_admin(actor)


def require_user_change(actor: Actor, *, user_id: int, members: Collection[str] = ()) -> None:
    """Let the user itself change what is its own, and admins change everything.

    Args:
        actor: who asks.
        user_id: whose account is to change.
        members: of the request's body; `role` and `is_active` are for admins.

    Raises:
        Problem: `forbidden`.
    """
    require_self_or_admin(actor, user_id=user_id)
    if ADMIN_MEMBERS.intersection(members):
        require_admin(actor)


def require_editor(actor: Actor) -> None:
    """Let editors and admins pass.

    Raises:
        Problem: `forbidden`.
    """
    if actor.role == "viewer":
        raise Problem("forbidden")


def visible_article(actor: Actor | None, article: Article | None) -> Article:
    """Give the article back if `actor` may know of it.

    Args:
        actor: who asks; None is anonymous.
        article: what the store gave.

    Returns:
        The article.

    Raises:
        Problem: `not_found`, the same for a draft and for nothing at all.
    """
    if article is None or not (article.published or _sees_draft(actor, article)):
        raise Problem("not_found")
    return article


def changeable_article(actor: Actor, article: Article | None) -> Article:
    """Give the article back if `actor` may change and delete it.

    Raises:
        Problem: `not_found` where it may not know of it, else `forbidden`.
    """
    found = visible_article(actor, article)
    if not _sees_draft(actor, found):
        raise Problem("forbidden")
    return found


def deletable_comment(actor: Actor, article: Article, comment: Comment | None) -> Comment:
    """Give the comment back if `actor` may delete it: its author, who may change the article, and admins.

    Args:
        actor: who asks.
        article: that the actor may see, and whose comment it is.
        comment: what the store gave.

    Returns:
        The comment.

    Raises:
        Problem: `not_found` where there is none, else `forbidden`.
    """
    if comment is None:
        raise Problem("not_found")
    if comment.author.id != actor.id and not _sees_draft(actor, article):
        raise Problem("forbidden")
    return comment


def _sees_draft(actor: Actor | None, article: Article) -> bool:
    # Who sees an article's draft is who may change it: its author while an editor, and admins.
    if actor is None or actor.role == "viewer":
        return False
    return actor.is_admin or article.author.id == actor.id
