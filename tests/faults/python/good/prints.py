"""Prints a lot, past Python's own buffers too; none of it may reach the protocol."""

import os
import sys


def python(numbers):
    """Add the numbers, loudly."""
    print("a line of output" * 20)
    sys.stdout.flush()
    os.write(1, b"\x04\x00\x00\x00bytes that look like a message\x00\xff\n" * 20)
    print("a complaint", file=sys.stderr)
    return sum(numbers)
