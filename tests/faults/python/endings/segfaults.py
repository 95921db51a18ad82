"""Reads where nothing is."""

import ctypes


def python(numbers):
    """Crash."""
    return ctypes.string_at(0)
