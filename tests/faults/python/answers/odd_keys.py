"""Takes a map whose keys cannot name arguments."""


def python(**keys):
    """Count the keys."""
    return len(keys)
