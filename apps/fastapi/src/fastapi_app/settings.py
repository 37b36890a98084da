"""The settings of the running application."""

from fastapi import Request

from blogapi.settings import Settings


def current_settings(request: Request) -> Settings:
    """The settings that the application was made with."""
    settings: Settings = request.app.state.settings
    return settings
