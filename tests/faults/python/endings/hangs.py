"""Never returns, in Python."""


def python(numbers):
    """Never return."""
    while True:
        pass
