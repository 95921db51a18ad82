"""Raises an exception of the class that PyO3 has for a panic in an extension module."""


class PanicException(BaseException):
    """Like PyO3's, which no `except Exception` catches either."""


def python(numbers):
    """Panic."""
    raise PanicException("index out of bounds")
