"""Django's settings. What the environment decides comes from blogapi, validated once; the rest is chosen here."""

from typing import Any

from blogapi import cors, rules
from blogapi.settings import RATE_LIMIT_OFF, load_settings
from django_app.database import database_settings

BLOGAPI = load_settings()

DEBUG = False
SECRET_KEY = BLOGAPI.secret_key.get_secret_value()
ALLOWED_HOSTS = list(BLOGAPI.allowed_hosts)
ROOT_URLCONF = "django_app.urls"
# No sessions, users, permissions or admin of Django's: tokens and roles are the API's own.
INSTALLED_APPS = ["django_app", "rest_framework", "drf_spectacular", "corsheaders"]
MIDDLEWARE = [
    "django_app.observation.observation_middleware",
    "django_app.cors.ContractCorsMiddleware",
    "django_app.middleware.contract_middleware",
    "django_app.caching.caching_middleware",
]
APPEND_SLASH = False
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {"default": database_settings(BLOGAPI)}
DATA_UPLOAD_MAX_MEMORY_SIZE = BLOGAPI.max_body_bytes
CORS_ALLOWED_ORIGINS = BLOGAPI.cors_origins
CORS_ALLOW_CREDENTIALS = BLOGAPI.cors_credentials
CORS_ALLOW_METHODS = cors.ALLOWED_METHODS
CORS_ALLOW_HEADERS = cors.ALLOWED_HEADERS
CORS_EXPOSE_HEADERS = cors.EXPOSED_HEADERS
CORS_PREFLIGHT_MAX_AGE = cors.MAX_AGE_SECONDS
# Fits every path, which the default does not: it ends where a line does.
CORS_URLS_REGEX = ""
# `main.py` sends every logger's lines to stdout as JSON.
LOGGING_CONFIG = None

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["django_app.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["django_app.media.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["django_app.media.CompactJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "django_app.media.ContractNegotiation",
    "DEFAULT_PAGINATION_CLASS": "django_app.pagination.SkipLimitPagination",
    # None at all where there is no limit: even to ask who the client is would cost.
    "DEFAULT_THROTTLE_CLASSES": (
        [] if BLOGAPI.rate_limit_default == RATE_LIMIT_OFF else ["django_app.ratelimits.ClientThrottle"]
    ),
    "DEFAULT_SCHEMA_CLASS": "django_app.openapi.ContractSchema",
    "EXCEPTION_HANDLER": "django_app.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "blog-api",
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "format": "int64", "minimum": 1, "maximum": rules.ID_MAX}},
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": ["django_app.openapi.complete"],
}
