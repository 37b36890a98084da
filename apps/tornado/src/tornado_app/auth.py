"""Tokens: the endpoint that gives them, and who sends one."""

from blogapi.login import FORM_MEDIA_TYPE, invalid_credentials, read_login
from blogapi.negotiation import check_content_type
from blogapi.passwords import verify_password
from blogapi.permissions import active_actor
from blogapi.queries import query_pairs
from blogapi.records import Actor
from blogapi.representations import token_representation
from blogapi.store import users as store
from blogapi.tokens import bearer_token, issue_token, read_token, require_token
from tornado_app.middleware import BaseHandler
from tornado_app.threads import in_thread


class TokenHandler(BaseHandler):
    """`/api/v1/token`"""

    async def token_create(self) -> None:
        check_content_type(self.request.headers.get("Content-Type"), FORM_MEDIA_TYPE)
        login = read_login(query_pairs(self.whole_body()))
        credentials = await self.database.read(store.credentials_get, login=login.username)
        password_hash = credentials.password_hash if credentials else None
        fits = await in_thread(verify_password, self.config, password_hash=password_hash, password=login.password)
        if credentials is None or not fits or not credentials.is_active:
            raise invalid_credentials()
        token = issue_token(self.config, user_id=credentials.id)
        self.write(token_representation(token, expires_in=self.config.token_ttl_seconds))

    post = token_create


async def current_actor(handler: BaseHandler) -> Actor:
    """The user whose token the request carries."""
    return await _actor(handler, require_token(handler.request.headers.get("Authorization")))


async def optional_actor(handler: BaseHandler) -> Actor | None:
    """The user whose token the request carries, or None without a token."""
    token = bearer_token(handler.request.headers.get("Authorization"))
    return None if token is None else await _actor(handler, token)


async def _actor(handler: BaseHandler, token: str) -> Actor:
    user_id = read_token(handler.config, token)
    actor = active_actor(await handler.database.read(store.actor_get, user_id=user_id))
    handler.observation.user_id = actor.id
    handler.has_token = True
    return actor
