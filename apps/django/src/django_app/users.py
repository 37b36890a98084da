"""Users: register, list, read, change, delete."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi.etags import precondition, user_tag
from blogapi.passwords import hash_password
from blogapi.permissions import require_admin, require_self_or_admin, require_user_change
from blogapi.problems import Problem
from blogapi.records import User
from blogapi.timestamps import utc_now
from django_app.auth import current_actor
from django_app.gate import database_place
from django_app.openapi import CONDITIONAL, JSON_IN, NAME_TAKEN, PUBLIC, TOKEN, describe
from django_app.pagination import SkipLimitPagination
from django_app.representations import UserSerializer
from django_app.schemas import (
    UserCreate,
    UserListQuery,
    UserReplace,
    UserUpdate,
    list_query,
    request_body,
    validate_body,
)
from django_app.store import users as store
from django_app.views import ContractViewSet, created


class UserViewSet(ContractViewSet):
    """`/api/v1/users` and below."""

    takes_place = False
    pagination_class = SkipLimitPagination

    def get_permissions(self) -> Sequence[Any]:
        """Let everybody register."""
        return [AllowAny()] if self.action == "user_create" else super().get_permissions()

    def perform_authentication(self, request: Request) -> None:
        """Leave it to the permission classes (DRF's documented way): who registers is not asked for a token."""

    @describe(UserSerializer, PUBLIC, JSON_IN, NAME_TAKEN, status=201, request=UserCreate)
    def user_create(self, request: Request) -> Response:
        """Register a user."""
        values = validate_body(UserCreate, request_body(request))
        password_hash = hash_password(settings.BLOGAPI, values.pop("password"))
        with database_place(), transaction.atomic():
            user = store.user_insert(values=values, password_hash=password_hash, now=utc_now())
        return created(request, UserSerializer(user).data)

    @describe(UserSerializer(many=True), TOKEN, "forbidden validation_failed", query=UserListQuery)
    def user_list(self, request: Request) -> Response:
        """List the users."""
        require_admin(current_actor(request))
        query = list_query(UserListQuery, request)
        paginator = self.pagination_class(skip=query["skip"], limit=query["limit"])
        with database_place():
            users = paginator.paginate_queryset(store.user_listing(sort=query["sort"]), request)
        return paginator.get_paginated_response(UserSerializer(users, many=True).data)

    @describe(UserSerializer, TOKEN, is_tagged=True)
    def user_me(self, request: Request) -> Response:
        """Read the caller's own user."""
        return _user_response(current_actor(request).id)

    @describe(UserSerializer, TOKEN, "forbidden not_found", is_tagged=True)
    def user_get(self, request: Request, user_id: int) -> Response:
        """Read a user."""
        require_self_or_admin(current_actor(request), user_id=user_id)
        return _user_response(user_id)

    @describe(UserSerializer, TOKEN, CONDITIONAL, JSON_IN, NAME_TAKEN, "forbidden not_found", request=UserReplace)
    def user_replace(self, request: Request, user_id: int) -> Response:
        """Replace what a user says of itself."""
        payload = request_body(request)
        require_user_change(current_actor(request), user_id=user_id)
        _require_user(user_id)
        return _change(request, user_id, validate_body(UserReplace, payload))

    @describe(
        UserSerializer, TOKEN, CONDITIONAL, JSON_IN, NAME_TAKEN, "forbidden not_found last_admin", request=UserUpdate
    )
    def user_update(self, request: Request, user_id: int) -> Response:
        """Change parts of a user."""
        payload = request_body(request)
        members = payload if isinstance(payload, dict) else ()
        require_user_change(current_actor(request), user_id=user_id, members=members)
        _require_user(user_id)
        changes = validate_body(UserUpdate, payload)
        if "password" in changes:
            changes["password_hash"] = hash_password(settings.BLOGAPI, changes.pop("password"))
        return _change(request, user_id, changes)

    @describe(None, TOKEN, CONDITIONAL, "forbidden not_found last_admin", status=204)
    def user_delete(self, request: Request, user_id: int) -> Response:
        """Delete a user."""
        require_admin(current_actor(request))
        condition = precondition(request.headers, resource_id=user_id)
        with database_place(), transaction.atomic():
            if not store.user_delete(user_id=user_id, condition=condition):
                raise Problem("not_found")
        return Response(status=204)


def _user_response(user_id: int) -> Response:
    user = _require_user(user_id)
    return Response(UserSerializer(user).data, headers={"ETag": user_tag(user)})


def _require_user(user_id: int) -> User:
    with database_place():
        return _found(store.user_get(user_id=user_id))


def _change(request: Request, user_id: int, changes: dict[str, Any]) -> Response:
    condition = precondition(request.headers, resource_id=user_id)
    with database_place(), transaction.atomic():
        user = store.user_update(user_id=user_id, changes=changes, now=utc_now(), condition=condition)
    return Response(UserSerializer(_found(user)).data)


def _found(user: User | None) -> User:
    if user is None:
        raise Problem("not_found")
    return user
