"""Tokens: the endpoint that gives them, and who sends one."""

from typing import Any, cast

from django.conf import settings
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi.login import invalid_credentials, read_login
from blogapi.passwords import verify_password
from blogapi.records import Actor
from blogapi.representations import token_representation
from blogapi.tokens import issue_token
from django_app.gate import database_place
from django_app.media import FormPairsParser
from django_app.openapi import PUBLIC, describe
from django_app.ratelimits import AddressThrottle
from django_app.representations import TokenRequest, TokenSerializer
from django_app.schemas import request_body
from django_app.store import users as store
from django_app.views import ContractViewSet


class TokenViewSet(ContractViewSet):
    """Where a password becomes a token."""

    takes_place = False
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AddressThrottle,)
    parser_classes = (FormPairsParser,)

    @describe(
        TokenSerializer, PUBLIC, "invalid_request invalid_credentials unsupported_media_type", request=TokenRequest
    )
    def token_create(self, request: Request) -> Response:
        """Log in."""
        login = read_login(request_body(request))
        with database_place():
            credentials = store.credentials_get(login=login.username)
        password_hash = credentials.password_hash if credentials else None
        fits = verify_password(settings.BLOGAPI, password_hash=password_hash, password=login.password)
        if credentials is None or not fits or not credentials.is_active:
            raise invalid_credentials()
        token = issue_token(settings.BLOGAPI, user_id=credentials.id)
        body = token_representation(token, expires_in=settings.BLOGAPI.token_ttl_seconds)
        return Response(body)


def current_actor(request: Request) -> Actor:
    """The user whose token the request carries; DRF's permission classes have let nobody else pass."""
    actor: Any = request.user
    return cast(Actor, actor)


def optional_actor(request: Request) -> Actor | None:
    """The user whose token the request carries, or None without a token."""
    actor: Any = request.user
    return cast(Actor | None, actor)
