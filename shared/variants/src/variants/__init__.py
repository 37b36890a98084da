"""Finds, starts, pins, watches and stops the variants of the API, and gives them databases."""
