"""Users: register, list, read, change, delete."""

from typing import Any

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
from tornado_app.auth import current_actor
from tornado_app.middleware import BaseHandler
from tornado_app.pagination import write_page
from tornado_app.schemas import json_body, list_query
from tornado_app.threads import in_thread


class UsersHandler(BaseHandler):
    """`/api/v1/users`"""

    async def user_create(self) -> None:
        values = validate_body(UserCreate, await json_body(self)).model_dump()
        password_hash = await in_thread(hash_password, self.config, values.pop("password"))
        user = await self.database.write(store.user_insert, values=values, password_hash=password_hash, now=utc_now())
        self.set_status(201)
        self.set_header("Location", f"{self.request.path}/{user.id}")
        self.write(user_representation(user))

    async def user_list(self) -> None:
        require_admin(await current_actor(self))
        query = list_query(self, UserListQuery)
        page = await self.database.read(store.user_page, skip=query.skip, limit=query.limit, sort=query.sort)
        data = [user_representation(user) for user in page.items]
        await write_page(self, data, total=page.total, query=query)

    post = user_create
    get = user_list


class MeHandler(BaseHandler):
    """`/api/v1/users/me`"""

    async def user_me(self) -> None:
        actor = await current_actor(self)
        user = await _require_user(self, actor.id)
        self.tag = user_tag(user)
        self.write(user_representation(user))

    get = user_me


class UserHandler(BaseHandler):
    """`/api/v1/users/{id}`"""

    async def user_get(self, user_id: str) -> None:
        require_self_or_admin(await current_actor(self), user_id=int(user_id))
        user = await _require_user(self, int(user_id))
        self.tag = user_tag(user)
        self.write(user_representation(user))

    async def user_replace(self, user_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self)
        require_user_change(actor, user_id=int(user_id))
        await _require_user(self, int(user_id))
        await self._change(int(user_id), validate_body(UserReplace, payload).model_dump())

    async def user_update(self, user_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self, JSON, MERGE_PATCH)
        require_user_change(actor, user_id=int(user_id), members=payload if isinstance(payload, dict) else ())
        await _require_user(self, int(user_id))
        changes = validate_body(UserUpdate, payload).model_dump(exclude_unset=True)
        if "password" in changes:
            changes["password_hash"] = await in_thread(hash_password, self.config, changes.pop("password"))
        await self._change(int(user_id), changes)

    async def user_delete(self, user_id: str) -> None:
        require_admin(await current_actor(self))
        condition = precondition(self.request.headers, resource_id=int(user_id))
        if not await self.database.write(store.user_delete, user_id=int(user_id), condition=condition):
            raise Problem("not_found")
        self.set_status(204)

    get = user_get
    put = user_replace
    patch = user_update
    delete = user_delete

    async def _change(self, user_id: int, changes: dict[str, Any]) -> None:
        condition = precondition(self.request.headers, resource_id=user_id)
        user = await self.database.write(
            store.user_update, user_id=user_id, changes=changes, now=utc_now(), condition=condition
        )
        self.write(user_representation(_found(user)))


async def _require_user(handler: BaseHandler, user_id: int) -> User:
    return _found(await handler.database.read(store.user_get, user_id=user_id))


def _found(user: User | None) -> User:
    if user is None:
        raise Problem("not_found")
    return user
