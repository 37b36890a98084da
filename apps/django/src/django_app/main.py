"""The application factory: wiring, and nothing else."""

import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from blogapi.logs import configure_logging
from django_app.chunks import ChunkedBodies


def create_app() -> ChunkedBodies:
    """Make the WSGI application; the settings come from `django_app.settings`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_app.settings")
    application = get_wsgi_application()
    configure_logging("django", settings.BLOGAPI.log_level)
    # Errors are logged where they are rendered; Django would log each refusal, and each fault a second time.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    return ChunkedBodies(application, max_body_bytes=settings.BLOGAPI.max_body_bytes)
