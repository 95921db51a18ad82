"""A grey picture smoothed by a binomial filter of 5 × 5, rows first and then columns.

Smoothing comes before edges are looked for, before a picture is made smaller, before text is
recognised; the same two passes with other weights sharpen or find edges. Work of this kind is cut
into bands of rows, and a band needs two rows of each of its neighbours.

It does not show pictures larger than the caches, nor what a band costs to move over a network. And
hardly anybody filters pictures in plain Python: what people use for it are NumPy, Pillow and
OpenCV, of which NumPy is here.

Weights are 1, 4, 6, 4, 1 in both directions, which makes 256 in all; the value is rounded to the
nearest, and beyond the edge the outermost pixels go on.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

try:
    import numpy as np
except ImportError:
    np = None

try:
    from pairbench_native import image_filter as ext
except ImportError:
    ext = None

# As many as the harness asks for, or one for each core that the process may use; os.cpu_count()
# is the machine's.
WORKERS = int(os.environ.get("PAIRBENCH_WORKERS", 0)) or (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)


def smooth(width, band):
    """Smooth a band, which has two rows more at its top and two at its bottom."""
    sums = []
    for start in range(0, len(band), width):
        row = band[start : start + width]
        row = row[:1] * 2 + row + row[-1:] * 2
        neighbours = zip(row, row[1:], row[2:], row[3:], row[4:])
        sums.append([a + 4 * b + 6 * c + 4 * d + e for a, b, c, d, e in neighbours])
    rows = []
    for neighbours in zip(sums, sums[1:], sums[2:], sums[3:], sums[4:]):
        columns = zip(*neighbours)
        rows.append(
            bytes([(a + 4 * b + 6 * c + 4 * d + e + 128) >> 8 for a, b, c, d, e in columns])
        )
    return b"".join(rows)


def cut(width, pixels, bands):
    """Cut the picture into this many bands or fewer, each with the rows around it."""
    pixels = pixels[:width] * 2 + pixels + pixels[-width:] * 2
    height = len(pixels) // width - 4
    rows = -(-height // bands)
    return [pixels[y * width : (y + rows + 4) * width] for y in range(0, height, rows)]


def python(width, pixels):
    """Smooth the picture as one band."""
    (band,) = cut(width, pixels, 1)
    return smooth(width, band)


def numpy(width, pixels):
    """Add up whole pictures that are moved against each other; the sums fit into 16 bits."""
    picture = np.frombuffer(pixels, np.uint8).reshape(-1, width)
    picture = np.pad(picture, 2, mode="edge").astype(np.uint16)
    sums = picture[:, :-4] + picture[:, 4:]
    sums += 4 * (picture[:, 1:-3] + picture[:, 3:-1]) + 6 * picture[:, 2:-2]
    total = sums[:-4] + sums[4:]
    total += 4 * (sums[1:-3] + sums[3:-1]) + 6 * sums[2:-2]
    return ((total + 128) >> 8).astype(np.uint8).tobytes()


@contextmanager
def setup_threads():
    """Make a pool of one thread a core."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def in_bands(run, smooth, width, pixels):
    """Smooth some bands a worker by ``run``, a kind of ``map``, so that none waits long."""
    return b"".join(run(partial(smooth, width), cut(width, pixels, 2 * WORKERS)))


def threads(pool, width, pixels):
    """Smooth bands in threads, which take turns unless the interpreter is a free-threaded one."""
    return in_bands(pool.map, smooth, width, pixels)


def start_worker(barrier):
    """Tell, from inside a new process, that it runs and has imported this module."""
    barrier.wait()


@contextmanager
def setup_processes():
    """Make a pool of one process a core, and wait until all of them run."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(WORKERS + 1, timeout=60)
    with ProcessPoolExecutor(WORKERS, context, start_worker, (barrier,)) as pool:
        # A process starts when there is a task and none is idle.
        for _ in range(WORKERS):
            pool.submit(int)
        barrier.wait()
        yield pool


def processes(pool, width, pixels):
    """Smooth bands in processes: the bytes of a band travel there and back, nothing else does."""
    return in_bands(pool.map, smooth, width, pixels)


setup_native = setup_threads


def native(pool, width, pixels):
    """Call Rust for ``smooth``, once a band, in threads.

    It releases the interpreter's lock, so that they run side by side.
    """
    return in_bands(pool.map, ext.smooth, width, pixels)
