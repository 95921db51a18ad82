"""Answers with half of a surrogate pair, which no text of Rust holds."""


def python(numbers):
    """Return a text."""
    return ["a text", f"\ud800 and {len(numbers)}"]
