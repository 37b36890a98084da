"""What is no framework's business in the API: settings, schema, SQL, rules, tokens, problems, seed."""

from importlib.metadata import version

__version__ = version("blogapi")
