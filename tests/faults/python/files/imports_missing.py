"""Imports a module that nobody has, outside any variant that could be skipped."""

import a_module_that_nobody_has


def python(numbers):
    """Add the numbers with something that is not there."""
    return a_module_that_nobody_has.add(numbers)
