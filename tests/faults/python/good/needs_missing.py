"""A variant that needs a module which nobody has: skipped, and no failure."""

try:
    import a_module_that_nobody_has
except ImportError:
    a_module_that_nobody_has = None


def python(numbers):
    """Add the numbers."""
    return sum(numbers)


def extra(numbers):
    """Add the numbers with something that is not there."""
    return a_module_that_nobody_has.add(numbers)
