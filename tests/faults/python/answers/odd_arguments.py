"""Takes other arguments than the Rust file declares."""


def python(numbers, more):
    """Add the numbers."""
    return sum(numbers) + more
