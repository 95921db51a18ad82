"""The first call does work for all later ones, whatever their input: as an import does or a JIT."""

TABLE = []


def python(numbers):
    """Add the numbers."""
    if not TABLE:
        TABLE.extend(sorted(range(200_000), key=str))
    return sum(numbers)
