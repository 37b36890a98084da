"""`python -m variants`: the commands that need no benchmark."""

from variants.cli import app

app()
