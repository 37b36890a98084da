"""The settings of the running application."""

from flask import current_app

from blogapi.settings import Settings


def current_settings() -> Settings:
    """The settings that the application was made with."""
    settings: Settings = current_app.extensions["settings"]
    return settings
