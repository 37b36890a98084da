"""Users: register, list, read, change, delete."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from blogapi.etags import precondition, user_tag
from blogapi.passwords import hash_password
from blogapi.permissions import require_self_or_admin, require_user_change
from blogapi.problems import Problem
from blogapi.records import User
from blogapi.representations import user_representation
from blogapi.schemas import UserCreate, UserListQuery, UserReplace, UserUpdate
from blogapi.store import users as store
from blogapi.timestamps import utc_now
from fastapi_app import schemas
from fastapi_app.auth import CurrentActor, CurrentAdmin
from fastapi_app.database import read, write
from fastapi_app.middleware import ApiRoute
from fastapi_app.openapi import DATA_COMMON, JSON_NEEDED, TOKEN_NEEDED, problems
from fastapi_app.openapi_headers import CREATED, DELETED, MODIFIED, OWN, many, one
from fastapi_app.pagination import page_response
from fastapi_app.schemas import ApiRequest, ApiResponse, JsonPayload, PatchPayload, UserId
from fastapi_app.settings import current_settings

router = APIRouter(route_class=ApiRoute, tags=["users"])


async def readable_user(request: Request, actor: CurrentActor, user_id: UserId) -> User:
    """The user of the path, whom the actor must be allowed to see."""
    require_self_or_admin(actor, user_id=user_id)
    return await _user(request, user_id)


async def replaceable_user(request: Request, actor: CurrentActor, user_id: UserId) -> User:
    """The user of the path, whom the actor must be allowed to change."""
    require_user_change(actor, user_id=user_id)
    return await _user(request, user_id)


async def updatable_user(request: Request, actor: CurrentActor, payload: PatchPayload, user_id: UserId) -> User:
    """The user of the path, of whom the actor must be allowed to change the members that the body names."""
    require_user_change(actor, user_id=user_id, members=payload if isinstance(payload, dict) else ())
    return await _user(request, user_id)


ReadableUser = Annotated[User, Depends(readable_user)]
ReplaceableUser = Annotated[User, Depends(replaceable_user)]
UpdatableUser = Annotated[User, Depends(updatable_user)]
REFUSED = (*TOKEN_NEEDED, "forbidden")
ONE_REFUSED = (*REFUSED, "not_found", "precondition_failed")
NAME_TAKEN = ("username_taken", "email_taken")


@router.post(
    "/users",
    summary="Register a user",
    status_code=201,
    response_model=schemas.User,
    responses=CREATED | problems(*DATA_COMMON, *JSON_NEEDED, *NAME_TAKEN),
)
async def user_create(request: Request, _json: JsonPayload, user: UserCreate) -> ApiResponse:
    values = user.model_dump()
    password_hash = await run_in_threadpool(hash_password, current_settings(request), values.pop("password"))
    created = await write(request, store.user_insert, values=values, password_hash=password_hash, now=utc_now())
    return ApiResponse(user_representation(created), 201, {"Location": f"{request.scope['path']}/{created.id}"})


@router.get(
    "/users",
    summary="List the users",
    response_model=schemas.UserPage,
    responses=many(OWN, "Link") | problems(*DATA_COMMON, *REFUSED, "validation_failed"),
)
async def user_list(request: ApiRequest, _admin: CurrentAdmin, query: Annotated[UserListQuery, Query()]) -> ApiResponse:
    page = await read(request, store.user_page, skip=query.skip, limit=query.limit, sort=query.sort)
    data = [user_representation(user) for user in page.items]
    return page_response(request, data, total=page.total, query=query)


@router.get(
    "/users/me",
    summary="Read the caller's own user",
    response_model=schemas.User,
    responses=one(OWN) | problems(*DATA_COMMON, *TOKEN_NEEDED, "precondition_failed"),
)
async def user_me(request: Request, actor: CurrentActor) -> ApiResponse:
    return _shown(await _user(request, actor.id))


@router.get(
    "/users/{user_id:id}",
    summary="Read a user",
    response_model=schemas.User,
    responses=one(OWN) | problems(*DATA_COMMON, *ONE_REFUSED),
)
async def user_get(user: ReadableUser) -> ApiResponse:
    return _shown(user)


# A signature names the checks in the contract's order: see articles.py.
@router.put(
    "/users/{user_id:id}",
    summary="Replace what a user says of itself",
    response_model=schemas.User,
    responses=MODIFIED | problems(*DATA_COMMON, *ONE_REFUSED, *JSON_NEEDED, *NAME_TAKEN),
)
async def user_replace(
    request: Request, _actor: CurrentActor, _json: JsonPayload, user: ReplaceableUser, changes: UserReplace
) -> ApiResponse:
    return await _change(request, user, changes.model_dump())


@router.patch(
    "/users/{user_id:id}",
    summary="Change parts of a user",
    response_model=schemas.User,
    responses=MODIFIED | problems(*DATA_COMMON, *ONE_REFUSED, *JSON_NEEDED, *NAME_TAKEN, "last_admin"),
)
async def user_update(
    request: Request, _actor: CurrentActor, _json: PatchPayload, user: UpdatableUser, changes: UserUpdate
) -> ApiResponse:
    values = changes.model_dump(exclude_unset=True)
    if "password" in values:
        password = values.pop("password")
        values["password_hash"] = await run_in_threadpool(hash_password, current_settings(request), password)
    return await _change(request, user, values)


@router.delete(
    "/users/{user_id:id}",
    summary="Delete a user",
    status_code=204,
    responses=DELETED | problems(*DATA_COMMON, *ONE_REFUSED, "last_admin"),
)
async def user_delete(request: Request, _admin: CurrentAdmin, user_id: UserId) -> Response:
    condition = precondition(request.headers, resource_id=user_id)
    if not await write(request, store.user_delete, user_id=user_id, condition=condition):
        raise Problem("not_found")
    return Response(status_code=204)


async def _change(request: Request, user: User, changes: dict[str, Any]) -> ApiResponse:
    condition = precondition(request.headers, resource_id=user.id)
    changed = await write(
        request, store.user_update, user_id=user.id, changes=changes, now=utc_now(), condition=condition
    )
    return ApiResponse(user_representation(_found(changed)))


def _shown(user: User) -> ApiResponse:
    return ApiResponse(user_representation(user), headers={"ETag": user_tag(user)})


async def _user(request: Request, user_id: int) -> User:
    return _found(await read(request, store.user_get, user_id=user_id))


def _found(user: User | None) -> User:
    if user is None:
        raise Problem("not_found")
    return user
