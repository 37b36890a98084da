"""The pages for people: Swagger UI from local files, and what stands behind a problem's `type`."""

from functools import lru_cache
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from blogapi.problems import KINDS, Problem

HTML = "text/html; charset=utf-8"
# Its files are read where they lie: to import it would be to import Django, which not every variant has installed.
_SWAGGER_UI = "drf-spectacular-sidecar", "drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist"
_ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
_DOCS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>blog-api</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
"""
_INIT = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  validatorUrl: null,
});
"""
_PROBLEM = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
<p>Status {status}, code <code>{code}</code></p>
<p>{explanation}</p>
</body>
</html>
"""


class Page(NamedTuple):
    """Something to send as it is."""

    content: bytes
    media_type: str


def docs_page() -> Page:
    """The page that shows the OpenAPI document; all that it loads is under `/docs/`."""
    return Page(_DOCS.encode(), HTML)


@lru_cache
def docs_asset(name: str) -> Page:
    """A file of the docs page.

    Raises:
        Problem: `not_found` for a name that the page does not load.
    """
    if name == "init.js":
        return Page(_INIT.encode(), "text/javascript; charset=utf-8")
    if name not in _ASSETS:
        raise Problem("not_found")
    package, folder = _SWAGGER_UI
    path = Path(str(distribution(package).locate_file(f"{folder}/{name}")))
    return Page(path.read_bytes(), _ASSETS[name])


def problem_page(code: str) -> Page:
    """The page that explains a problem's code.

    Raises:
        Problem: `not_found` for a code that there is none of.
    """
    if code not in KINDS:
        raise Problem("not_found")
    kind = KINDS[code]
    html = _PROBLEM.format(
        title=escape(kind.title), status=kind.status, code=code, explanation=escape(kind.explanation)
    )
    return Page(html.encode(), HTML)
