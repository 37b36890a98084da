"""Django's backend for PostgreSQL, with connections that wait for no answer for ever."""
