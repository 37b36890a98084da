"""Carries measurements out: servers, databases, generators, and the system's accounts of them."""
