"""Who sends a request. Apart from `auth.py`, for DRF imports this while it imports its own views."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from blogapi.permissions import active_actor
from blogapi.problems import REALM
from blogapi.records import Actor
from blogapi.tokens import bearer_token, read_token
from django_app.gate import database_place
from django_app.observation import observation_of
from django_app.store import users as store


class AuthenticatedActor(Actor):
    """An actor as DRF's permission classes ask for it."""

    __slots__ = ()
    is_authenticated = True


class BearerAuthentication(BaseAuthentication):
    """The user whose token the request carries (RFC 6750), as the database has it now; `request.user` from then on."""

    def authenticate(self, request: Request) -> tuple[Actor, str] | None:
        token = bearer_token(request.META.get("HTTP_AUTHORIZATION"))
        if token is None:
            return None
        user_id = read_token(settings.BLOGAPI, token)
        with database_place():
            actor = active_actor(store.actor_get(user_id=user_id, kind=AuthenticatedActor))
        observation_of(request).user_id = actor.id
        return actor, token

    def authenticate_header(self, request: Request) -> str:
        return REALM
