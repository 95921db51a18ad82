"""A good pair of all plain types, with a word of Rust as its name. Its set-ups get the input."""

import contextlib
import dataclasses
import datetime
import enum
from decimal import Decimal
from fractions import Fraction


class Colour(enum.Enum):
    """Becomes its value."""

    RED = "red"


@dataclasses.dataclass
class Total:
    """Becomes a dict."""

    whole: int
    colour: Colour


@contextlib.contextmanager
def setup_python(numbers):
    """Add what is timed outside."""
    yield sum(numbers)


def python(whole, numbers, large, larger, zero):
    """Return each type."""
    return {
        "large": [large * large, -large, larger * 10],
        "zero": -zero,
        "decimal": [Decimal(whole) / 100, Decimal("1E+2")],
        "fraction": Fraction(whole, whole * 3),
        "moment": [datetime.datetime(2024, 1, 2, 3, 4, 5), datetime.date(2024, 1, 2)],
        "set": {frozenset(numbers[:1]), frozenset()},
        "words": {f"{number:03}" for number in numbers},
        "total": Total(whole, Colour.RED),
        "by_set": {frozenset({2, 1}): bytearray(b"ab")},
    }
