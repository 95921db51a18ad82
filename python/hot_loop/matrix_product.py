"""The product of two matrices of floats, written as lists of rows.

Linear models, rotations, Markov chains and small neural networks come down to this loop. In a code
base without NumPy the matrices are nested lists, and the product is written out: every cell is a
row times a column.

It does not show what is left to gain: both sides are the schoolbook's method, one cell after the
other, without blocks for the cache and without vector instructions, all of which the library
behind ``numpy`` has. Nor large matrices, where that matters most.

All numbers are small multiples of 1/64. Products and sums of them are exact, in whatever order a
side adds them up, and so the answers are equal to the last bit.
"""

from contextlib import nullcontext
from operator import mul

try:
    import numpy as np
except ImportError:
    np = None  # type: ignore[assignment]
try:
    from pairbench_native import matrix_product as ext
except ImportError:
    ext = None


def product(a, b):
    """Return the rows of the product; columns of ``b`` are gathered once."""
    columns = list(zip(*b))
    return [[sum(map(mul, row, column)) for column in columns] for row in a]


def summarize(cells):
    """Sum the cells up by row and by column, so that each of them counts, and its place."""
    return {
        "row_sums": [sum(row) for row in cells],
        "column_sums": [sum(column) for column in zip(*cells)],
    }


def python(a, b):
    """Compute everything in plain Python."""
    return summarize(product(a, b))


def native(a, b):
    """Call Rust for ``product``, once: three nested lists cross over."""
    return summarize(ext.product(a, b))


def product_arrays(a, b):
    """Return the product of two arrays, cell by cell."""
    cells = [[0.0] * b.shape[1] for _ in range(a.shape[0])]
    for y in range(a.shape[0]):
        for x in range(b.shape[1]):
            cell = 0.0
            for k in range(a.shape[1]):
                cell += a[y, k] * b[k, x]
            cells[y][x] = cell
    return cells


def setup_numba():
    """Compile ``product_arrays``, or load what was compiled before."""
    from numba import njit

    return nullcontext(njit("(float64[:, ::1], float64[:, ::1])", cache=True)(product_arrays))


def numba(product, a, b):
    """Make arrays of the lists, as for NumPy, and call the loop that Numba compiled."""
    return summarize(product(np.array(a), np.array(b)))


def numpy(a, b):
    """Make arrays of the lists and multiply those; making them is part of the work."""
    cells = np.array(a) @ np.array(b)
    return {
        "row_sums": cells.sum(axis=1).tolist(),
        "column_sums": cells.sum(axis=0).tolist(),
    }
