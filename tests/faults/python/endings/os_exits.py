"""Ends its process without a word."""

import os


def python(numbers):
    """Leave at once."""
    os._exit(7)
