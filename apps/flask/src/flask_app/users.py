"""Users: register, list, read, change, delete."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from blogapi.etags import precondition, user_tag
from blogapi.negotiation import JSON, MERGE_PATCH
from blogapi.passwords import hash_password
from blogapi.permissions import require_admin, require_self_or_admin, require_user_change
from blogapi.problems import Problem
from blogapi.records import User
from blogapi.representations import user_representation
from blogapi.schemas import UserCreate, UserListQuery, UserReplace, UserUpdate, validate_body
from blogapi.store import users as store
from blogapi.timestamps import utc_now
from flask_app.auth import current_actor
from flask_app.caching import conditions, tagged
from flask_app.database import reading, writing
from flask_app.pagination import page_response
from flask_app.schemas import json_body, list_query
from flask_app.settings import current_settings

blueprint = Blueprint("users", __name__)


@blueprint.post("/users")
def user_create() -> ResponseReturnValue:
    values = validate_body(UserCreate, json_body()).model_dump()
    password_hash = hash_password(current_settings(), values.pop("password"))
    with writing() as connection:
        user = store.user_insert(connection, values=values, password_hash=password_hash, now=utc_now())
    return user_representation(user), 201, {"Location": f"{request.path}/{user.id}"}


@blueprint.get("/users")
def user_list() -> ResponseReturnValue:
    require_admin(current_actor())
    query = list_query(UserListQuery)
    with reading() as connection:
        page = store.user_page(connection, skip=query.skip, limit=query.limit, sort=query.sort)
    data = [user_representation(user) for user in page.items]
    return page_response(data, total=page.total, query=query)


@blueprint.get("/users/me")
def user_me() -> ResponseReturnValue:
    return _user_response(current_actor().id)


@blueprint.get("/users/<id:user_id>")
def user_get(user_id: int) -> ResponseReturnValue:
    require_self_or_admin(current_actor(), user_id=user_id)
    return _user_response(user_id)


@blueprint.put("/users/<id:user_id>")
def user_replace(user_id: int) -> ResponseReturnValue:
    actor = current_actor()
    payload = json_body()
    require_user_change(actor, user_id=user_id)
    _require_user(user_id)
    return _change(user_id, validate_body(UserReplace, payload).model_dump())


@blueprint.patch("/users/<id:user_id>")
def user_update(user_id: int) -> ResponseReturnValue:
    actor = current_actor()
    payload = json_body(JSON, MERGE_PATCH)
    require_user_change(actor, user_id=user_id, members=payload if isinstance(payload, dict) else ())
    _require_user(user_id)
    changes = validate_body(UserUpdate, payload).model_dump(exclude_unset=True)
    if "password" in changes:
        changes["password_hash"] = hash_password(current_settings(), changes.pop("password"))
    return _change(user_id, changes)


@blueprint.delete("/users/<id:user_id>")
def user_delete(user_id: int) -> ResponseReturnValue:
    require_admin(current_actor())
    condition = precondition(conditions(), resource_id=user_id)
    with writing() as connection:
        if not store.user_delete(connection, user_id=user_id, condition=condition):
            raise Problem("not_found")
    return "", 204


def _user_response(user_id: int) -> ResponseReturnValue:
    user = _require_user(user_id)
    return tagged(user_representation(user), user_tag(user))


def _change(user_id: int, changes: dict[str, Any]) -> ResponseReturnValue:
    condition = precondition(conditions(), resource_id=user_id)
    with writing() as connection:
        user = store.user_update(connection, user_id=user_id, changes=changes, now=utc_now(), condition=condition)
    return user_representation(_found(user))


def _require_user(user_id: int) -> User:
    with reading() as connection:
        return _found(store.user_get(connection, user_id=user_id))


def _found(user: User | None) -> User:
    if user is None:
        raise Problem("not_found")
    return user
