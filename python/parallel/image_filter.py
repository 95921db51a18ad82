"""A grey picture cleaned by a median filter of 5 × 5: a pixel becomes the median around it.

Scanners, microscopes and cameras leave single wrong pixels. A median removes them and keeps edges
where they are, which a mean does not; it comes before text is recognised, before cells are counted.
Work of this kind is cut into bands of rows, and a band needs two rows of each of its neighbours.

It does not show pictures larger than the caches, nor what a band costs to move over a network. And
hardly anybody filters pictures in plain Python: what people use for it are NumPy, Pillow and
OpenCV, of which NumPy is here. Both sides sort the 25 values of each pixel; libraries for pictures
keep counts while they move along.

Beyond the edge the outermost pixels go on.
"""

import multiprocessing
import os
import sys
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
    """Return the medians of a band, which has two rows more at its top and two at its bottom."""
    padded = []
    for start in range(0, len(band), width):
        row = band[start : start + width]
        padded.append(row[:1] * 2 + row + row[-1:] * 2)
    rows = []
    for neighbours in zip(padded, padded[1:], padded[2:], padded[3:], padded[4:]):
        columns = list(zip(*neighbours))
        around = zip(columns, columns[1:], columns[2:], columns[3:], columns[4:])
        rows.append(bytes([sorted(a + b + c + d + e)[12] for a, b, c, d, e in around]))
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
    """Lay out the 25 values of every pixel as a row, and find the middle of each."""
    picture = np.frombuffer(pixels, np.uint8).reshape(-1, width)
    picture = np.pad(picture, 2, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(picture, (5, 5)).reshape(-1, 25)
    return np.partition(around, 12, axis=1)[:, 12].tobytes()


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


@contextmanager
def setup_subinterpreters():
    """Make a pool of one interpreter a core, and wait until all of them run."""
    from concurrent import futures, interpreters

    running = interpreters.create_queue()
    # Each has modules and a path of its own.
    start = "import sys; sys.path[:] = path; running.put(None)"
    names = {"path": sys.path, "running": running}
    with futures.InterpreterPoolExecutor(
        WORKERS, initializer=exec, initargs=(start, names)
    ) as pool:
        # One starts when there is a task and none is idle.
        for _ in range(WORKERS):
            pool.submit(int)
        for _ in range(WORKERS):
            running.get(timeout=60)
        yield pool


def subinterpreters(pool, width, pixels):
    """Smooth bands in interpreters of this process: their bytes are copied there and back."""
    return in_bands(pool.map, smooth, width, pixels)


setup_native = setup_threads


def native(pool, width, pixels):
    """Call Rust for ``smooth``, once a band, in threads.

    It releases the interpreter's lock, so that they run side by side.
    """
    return in_bands(pool.map, ext.smooth, width, pixels)
