"""The codes of clause 11.2: the status and the title of each."""

PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed_json": (400, "Malformed JSON"),
    "bad_host": (400, "Host not allowed"),
    "unsupported_version": (400, "Unsupported API version"),
    "invalid_request": (400, "Invalid token request"),
    "not_authenticated": (401, "Not authenticated"),
    "invalid_token": (401, "Invalid token"),
    "invalid_credentials": (401, "Invalid credentials"),
    "forbidden": (403, "Forbidden"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "not_acceptable": (406, "Not acceptable"),
    "username_taken": (409, "Username taken"),
    "email_taken": (409, "E-mail address taken"),
    "last_admin": (409, "Last admin"),
    "body_too_large": (413, "Body too large"),
    "unsupported_media_type": (415, "Unsupported media type"),
    "validation_failed": (422, "Validation failed"),
    "internal_error": (500, "Internal error"),
    "not_ready": (503, "Not ready"),
    "database_unavailable": (503, "Database unavailable"),
}
