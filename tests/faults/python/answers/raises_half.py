"""Raises with half of a surrogate pair, which no text of Rust holds."""


def python(numbers):
    """Refuse."""
    raise ValueError(f"half of a pair: \ud83d, of {len(numbers)}")
