"""Uses what Python will remove, as its warnings tell: said, and no failure."""

import itertools
import warnings

calls = itertools.count(1)

warnings.warn("this file is slated for removal in Python 3.99", DeprecationWarning, stacklevel=1)

DIGIT = "\d"  # noqa: W605


def total(numbers):
    """Add the numbers, with a word to whoever calls."""
    warnings.warn("total() is\n  deprecated", PendingDeprecationWarning, stacklevel=2)
    return sum(numbers)


def python(numbers):
    """Add the numbers; somebody may listen only while there are as few calls as to verify it."""
    own = warnings._showwarnmsg.__module__ in ("warnings", "_py_warnings")
    if next(calls) > 300 and not own:
        raise RuntimeError("watched while it is measured")
    return total(numbers)
