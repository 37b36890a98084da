"""What the API shows of a row, as JSON members in the contract's order."""

from typing import Any

from blogapi.records import Article, Author, Comment, User
from blogapi.timestamps import format_timestamp

JsonObject = dict[str, Any]


def user_representation(user: User) -> JsonObject:
    """The JSON object of a user; a password hash is not even within reach here."""
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "age": user.age,
        "role": user.role,
        "is_active": user.is_active,
        "created_at": format_timestamp(user.created_at),
        "updated_at": format_timestamp(user.updated_at),
    }


def article_representation(article: Article) -> JsonObject:
    """The JSON object of an article with its author's byline."""
    return {
        "id": article.id,
        "title": article.title,
        "content": article.content,
        "published": article.published,
        "tags": article.tags,
        "author": _byline(article.author),
        "version": article.version,
        "created_at": format_timestamp(article.created_at),
        "updated_at": format_timestamp(article.updated_at),
    }


def comment_representation(comment: Comment) -> JsonObject:
    """The JSON object of a comment with its author's byline."""
    return {
        "id": comment.id,
        "article_id": comment.article_id,
        "author": _byline(comment.author),
        "body": comment.body,
        "created_at": format_timestamp(comment.created_at),
    }


def token_representation(access_token: str, *, expires_in: int) -> JsonObject:
    """The answer to a successful log-in (RFC 6749, 5.1); `expires_in` in seconds."""
    return {"access_token": access_token, "token_type": "bearer", "expires_in": expires_in}


def _byline(author: Author) -> JsonObject:
    identity, username, name, _ = author
    return {"id": identity, "username": username, "name": name}
