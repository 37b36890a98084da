"""Users: register, list, read, change, delete."""

from blogapi.negotiation import JSON, MERGE_PATCH
from blogapi.pagination import link_header, page_representation
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
from tornado_app.schemas import json_body, list_query, raw_query
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
        pairs = raw_query(self)
        link = link_header(self.request.path, pairs, total=page.total, skip=query.skip, limit=query.limit)
        if link:
            self.set_header("Link", link)
        self.write(page_representation(data, total=page.total, skip=query.skip, limit=query.limit))

    post = user_create
    get = user_list


class MeHandler(BaseHandler):
    """`/api/v1/users/me`"""

    async def user_me(self) -> None:
        actor = await current_actor(self)
        self.write(user_representation(await _require_user(self, actor.id)))

    get = user_me


class UserHandler(BaseHandler):
    """`/api/v1/users/{id}`"""

    async def user_get(self, user_id: str) -> None:
        require_self_or_admin(await current_actor(self), user_id=int(user_id))
        self.write(user_representation(await _require_user(self, int(user_id))))

    async def user_replace(self, user_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self)
        require_user_change(actor, user_id=int(user_id))
        await _require_user(self, int(user_id))
        changes = validate_body(UserReplace, payload).model_dump()
        user = await self.database.write(store.user_update, user_id=int(user_id), changes=changes, now=utc_now())
        self.write(user_representation(_found(user)))

    async def user_update(self, user_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self, JSON, MERGE_PATCH)
        require_user_change(actor, user_id=int(user_id), members=payload if isinstance(payload, dict) else ())
        await _require_user(self, int(user_id))
        changes = validate_body(UserUpdate, payload).model_dump(exclude_unset=True)
        if "password" in changes:
            changes["password_hash"] = await in_thread(hash_password, self.config, changes.pop("password"))
        user = await self.database.write(store.user_update, user_id=int(user_id), changes=changes, now=utc_now())
        self.write(user_representation(_found(user)))

    async def user_delete(self, user_id: str) -> None:
        require_admin(await current_actor(self))
        if not await self.database.write(store.user_delete, user_id=int(user_id)):
            raise Problem("not_found")
        self.set_status(204)

    get = user_get
    put = user_replace
    patch = user_update
    delete = user_delete


async def _require_user(handler: BaseHandler, user_id: int) -> User:
    return _found(await handler.database.read(store.user_get, user_id=user_id))


def _found(user: User | None) -> User:
    if user is None:
        raise Problem("not_found")
    return user
