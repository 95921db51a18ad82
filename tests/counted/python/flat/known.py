"""Allocations whose number and sizes are known beforehand, in every way that a program can ask for them.

All variants take the same steps as `loops`, which allocates nothing but iterators; what they
allocate besides is in their names. Nothing is left in the input.
"""

import ctypes

try:
    from pairbench_native import known as ext
except ImportError:
    ext = None

BYTE = b"x"
LENGTH = 1_000  # a block of pymalloc has 512 bytes at the most

malloc = ctypes.pythonapi.PyMem_RawMalloc
malloc.argtypes, malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
free = ctypes.pythonapi.PyMem_RawFree
free.argtypes, free.restype = [ctypes.c_void_p], None


def nothing(slots, indices, pile):
    """Nothing at all."""
    return len(indices)


def loops(slots, indices, pile):
    """Two loops."""
    for at in indices:
        slots[at] = None
    for at in indices:
        slots[at] = None
    return len(indices)


def python(slots, indices, pile):
    """An object for each index, of the smallest kind."""
    for at in indices:
        slots[at] = object()
    for at in indices:
        slots[at] = None
    return len(indices)


def large(slots, indices, pile):
    """An object for each index, too large for pymalloc."""
    for at in indices:
        slots[at] = BYTE * LENGTH
    for at in indices:
        slots[at] = None
    return len(indices)


def grown(slots, indices, pile):
    """A list that grows by one element at a time."""
    for at in indices:
        slots[at] = None
    for _ in indices:
        pile.append(None)
    pile.clear()
    return len(indices)


def raw(slots, indices, pile, length=1_000):
    """A block of C for each index, freed at once."""
    for _ in indices:
        free(malloc(length))
    return len(indices)


def raw_wider(slots, indices, pile):
    """Blocks that are three times as long."""
    return raw(slots, indices, pile, 3_000)


def cycles(slots, indices, pile):
    """A list for each index that only the garbage collector frees."""
    for _ in indices:
        ring = []
        ring.append(ring)
    return len(indices)


def heavy(slots, indices, pile):
    """64 MiB of which every page is touched."""
    block = BYTE * (64 << 20)
    return len(indices) if block else 0


def native(slots, indices, pile):
    """The blocks of the Rust side."""
    return ext.boxed(len(indices))
