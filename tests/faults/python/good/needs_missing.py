"""A variant that needs a module which nobody has: skipped, and no failure."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)


def extra(numbers):
    """Add the numbers with something that is not there."""
    import a_module_that_nobody_has

    return a_module_that_nobody_has.add(numbers)
