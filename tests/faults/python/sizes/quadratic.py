"""A port that is faster on the case that is measured, and much slower on a large one."""


def python(size):
    """Take some steps for each thing, where the port takes as many as there are things."""
    for _ in range(300 * size):
        pass
    return size
