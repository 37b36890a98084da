"""Django's settings. What the environment decides comes from blogapi, validated once; the rest is chosen here."""

from typing import Any

from blogapi import rules
from blogapi.settings import load_settings
from django_app.database import database_settings

BLOGAPI = load_settings()

DEBUG = False
SECRET_KEY = BLOGAPI.secret_key.get_secret_value()
ALLOWED_HOSTS = list(BLOGAPI.allowed_hosts)
ROOT_URLCONF = "django_app.urls"
# No sessions, users, permissions or admin of Django's: tokens and roles are the API's own.
INSTALLED_APPS = ["django_app", "rest_framework", "drf_spectacular"]
MIDDLEWARE = ["django_app.middleware.contract_middleware"]
APPEND_SLASH = False
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {"default": database_settings(BLOGAPI)}
DATA_UPLOAD_MAX_MEMORY_SIZE = BLOGAPI.max_body_bytes
# `main.py` sends every logger's lines to stdout as JSON.
LOGGING_CONFIG = None

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["django_app.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["django_app.media.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["django_app.media.CompactJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "django_app.media.ContractNegotiation",
    "DEFAULT_PAGINATION_CLASS": "django_app.pagination.SkipLimitPagination",
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
