"""Differs from Rust in one item far behind."""


def python(numbers):
    """Double the numbers."""
    doubled = [number * 2 for number in numbers]
    if len(doubled) > 700:
        doubled[700] = -1
    return doubled
