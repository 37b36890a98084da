"""Intervals, ratios, ranks and ties. Pure: numbers in, numbers out."""
