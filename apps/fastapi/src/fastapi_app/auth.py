"""Tokens: the endpoint that gives them, and who sends one."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer

from blogapi.login import FORM_MEDIA_TYPE, Login, invalid_credentials, read_login
from blogapi.negotiation import check_content_type
from blogapi.passwords import verify_password
from blogapi.permissions import active_actor, require_admin, require_editor
from blogapi.queries import query_pairs
from blogapi.records import Actor
from blogapi.representations import token_representation
from blogapi.store import users as store
from blogapi.tokens import bearer_token, issue_token, read_token, require_token
from fastapi_app.database import read
from fastapi_app.middleware import ApiRoute
from fastapi_app.openapi import DATA_COMMON, TOKEN_FORM, problems
from fastapi_app.openapi_headers import ANSWERED
from fastapi_app.schemas import ApiRequest, ApiResponse, Token
from fastapi_app.settings import current_settings

router = APIRouter(route_class=ApiRoute, tags=["tokens"])


async def login_form(request: ApiRequest) -> Login:
    """The form of a token request. FastAPI's own would answer 422, and take the last of two usernames."""
    check_content_type(request.headers.get("Content-Type"), FORM_MEDIA_TYPE)
    return read_login(query_pairs(await request.limited_body()))


@router.post(
    "/token",
    summary="Log in",
    response_model=Token,
    responses=ANSWERED | problems(*DATA_COMMON, "invalid_request", "invalid_credentials", "unsupported_media_type"),
    openapi_extra=TOKEN_FORM,
)
async def token_create(request: ApiRequest, login: Annotated[Login, Depends(login_form)]) -> ApiResponse:
    settings = current_settings(request)
    credentials = await read(request, store.credentials_get, login=login.username)
    password_hash = credentials.password_hash if credentials else None
    fits = await run_in_threadpool(verify_password, settings, password_hash=password_hash, password=login.password)
    if credentials is None or not fits or not credentials.is_active:
        raise invalid_credentials()
    token = issue_token(settings, user_id=credentials.id)
    body = token_representation(token, expires_in=settings.token_ttl_seconds)
    return ApiResponse(body)


async def current_actor(request: Request) -> Actor:
    """The user whose token the request carries."""
    return await _actor(request, require_token(request.headers.get("Authorization")))


async def optional_actor(request: Request) -> Actor | None:
    """The user whose token the request carries, or None without a token."""
    token = bearer_token(request.headers.get("Authorization"))
    return None if token is None else await _actor(request, token)


async def _actor(request: Request, token: str) -> Actor:
    user_id = read_token(current_settings(request), token)
    actor = active_actor(await read(request, store.actor_get, user_id=user_id))
    request.state.observation.user_id = actor.id
    # Caches have to know, whatever the endpoint makes of the actor.
    request.state.has_token = True
    return actor


class Bearer(HTTPBearer):
    """FastAPI's scheme for the document only: it would take `Bearer` with nothing behind it for no token at all."""

    def __init__(self, actor_of: Callable[[Request], Awaitable[Actor | None]]) -> None:
        super().__init__(scheme_name="bearerAuth", bearerFormat="JWT")
        self.actor_of = actor_of

    async def __call__(self, request: Request) -> Actor | None:  # type: ignore[override] # an actor, not its credentials
        return await self.actor_of(request)


CurrentActor = Annotated[Actor, Depends(Bearer(current_actor))]
OptionalActor = Annotated[Actor | None, Depends(Bearer(optional_actor))]


async def current_admin(actor: CurrentActor) -> Actor:
    """The user whose token the request carries, who must be an admin."""
    require_admin(actor)
    return actor


async def current_editor(actor: CurrentActor) -> Actor:
    """The user whose token the request carries, who must be an editor or admin."""
    require_editor(actor)
    return actor


CurrentAdmin = Annotated[Actor, Depends(current_admin)]
CurrentEditor = Annotated[Actor, Depends(current_editor)]
