"""Escape times of the Mandelbrot set over a square window.

Every pixel iterates z -> z*z + c on its own, so nearly all of the time is spent in one small
function that does nothing but float arithmetic. Simulation steps, signal filters and scoring
formulas in Python loops are of this kind.

It does not show what data structures, strings or I/O cost: there are none.

The real and imaginary parts are kept apart instead of using ``complex``: every side then rounds
the same operations in the same order, and a count of iterations is equal to the last one. (NumPy
may fuse the multiplications and additions of complex numbers, and a fused operation rounds once
where two operations round twice.)
"""

from contextlib import nullcontext

try:
    import numpy as np
except ImportError:
    np = None  # type: ignore[assignment]
try:
    from pairbench_native import mandelbrot as ext
except ImportError:
    ext = None


def escape(cr: float, ci: float, max_iter: int) -> int:
    """Count the iterations until the point leaves the circle of radius two, or ``max_iter``."""
    zr = zi = 0.0
    for i in range(max_iter):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return i
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return max_iter


def render(escape, width, height, max_iter, x_min, y_min, step):
    """Sum the escape times of each row, and count the points that stayed inside."""
    inside = 0
    row_sums = []
    for y in range(height):
        ci = y_min + y * step
        row = [escape(x_min + x * step, ci, max_iter) for x in range(width)]
        inside += row.count(max_iter)
        row_sums.append(sum(row))
    return {"inside": inside, "row_sums": row_sums}


def python(width, height, max_iter, x_min, y_min, step):
    """Compute everything in plain Python."""
    return render(escape, width, height, max_iter, x_min, y_min, step)


def native(width, height, max_iter, x_min, y_min, step):
    """Call Rust for ``escape``, once a pixel; the two loops over the picture stay here."""
    return render(ext.escape, width, height, max_iter, x_min, y_min, step)


def picture(width, height, max_iter, x_min, y_min, step):
    """Compute the same as :func:`render` in one function, as Numba compiles best."""
    inside = 0
    row_sums = [0] * height
    for y in range(height):
        ci = y_min + y * step
        for x in range(width):
            cr = x_min + x * step
            count = max_iter
            zr = zi = 0.0
            for i in range(max_iter):
                zr2 = zr * zr
                zi2 = zi * zi
                if zr2 + zi2 > 4.0:
                    count = i
                    break
                zi = 2.0 * zr * zi + ci
                zr = zr2 - zi2 + cr
            inside += count == max_iter
            row_sums[y] += count
    return inside, row_sums


def setup_numba():
    """Compile ``picture``, or load what was compiled before."""
    from numba import njit

    signature = "(int64, int64, int64, float64, float64, float64)"
    return nullcontext(njit(signature, cache=True)(picture))


def numba(picture, width, height, max_iter, x_min, y_min, step):
    """Call the loops as Numba compiled them, once."""
    inside, row_sums = picture(width, height, max_iter, x_min, y_min, step)
    return {"inside": inside, "row_sums": row_sums}


def numpy(width, height, max_iter, x_min, y_min, step):
    """Iterate all points at once, and go on with those that are still inside."""
    x, y = np.meshgrid(x_min + np.arange(width) * step, y_min + np.arange(height) * step)
    cr, ci = x.ravel(), y.ravel()
    zr, zi = np.zeros_like(cr), np.zeros_like(ci)
    counts = np.full(cr.size, max_iter)
    live = np.arange(cr.size)
    for i in range(max_iter):
        zr2 = zr * zr
        zi2 = zi * zi
        inside = zr2 + zi2 <= 4.0
        if not inside.all():
            counts[live[~inside]] = i
            live, cr, ci = live[inside], cr[inside], ci[inside]
            zr, zi, zr2, zi2 = zr[inside], zi[inside], zr2[inside], zi2[inside]
            if not live.size:
                break
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    row_sums = counts.reshape(height, width).sum(axis=1)
    return {"inside": int((counts == max_iter).sum()), "row_sums": row_sums.tolist()}
