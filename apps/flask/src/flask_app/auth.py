"""Tokens: the endpoint that gives them, and who sends one."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from blogapi.login import FORM_MEDIA_TYPE, invalid_credentials, read_login
from blogapi.negotiation import check_content_type
from blogapi.passwords import verify_password
from blogapi.permissions import active_actor
from blogapi.queries import query_pairs
from blogapi.records import Actor
from blogapi.representations import token_representation
from blogapi.store import users as store
from blogapi.tokens import bearer_token, issue_token, read_token, require_token
from flask_app.database import reading
from flask_app.schemas import raw_body
from flask_app.settings import current_settings

blueprint = Blueprint("auth", __name__)


@blueprint.post("/token")
def token_create() -> ResponseReturnValue:
    check_content_type(request.headers.get("Content-Type"), FORM_MEDIA_TYPE)
    login = read_login(query_pairs(raw_body()))
    settings = current_settings()
    with reading() as connection:
        credentials = store.credentials_get(connection, login=login.username)
    password_hash = credentials.password_hash if credentials else None
    fits = verify_password(settings, password_hash=password_hash, password=login.password)
    if credentials is None or not fits or not credentials.is_active:
        raise invalid_credentials()
    token = issue_token(settings, user_id=credentials.id)
    return token_representation(token, expires_in=settings.token_ttl_seconds)


def current_actor() -> Actor:
    """The user whose token the request carries."""
    return _actor(require_token(request.headers.get("Authorization")))


def optional_actor() -> Actor | None:
    """The user whose token the request carries, or None without a token."""
    token = bearer_token(request.headers.get("Authorization"))
    return None if token is None else _actor(token)


def _actor(token: str) -> Actor:
    user_id = read_token(current_settings(), token)
    with reading() as connection:
        actor = active_actor(store.actor_get(connection, user_id=user_id))
    g.has_token = True
    g.observation.user_id = actor.id
    return actor
