"""Mutants that survive because they do not change any answer, each with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalent:
    """Mutants of one line, by what the line becomes."""

    file: str
    before: str
    after: tuple
    why: str

    def covers(self, pair, side, mutant):
        """Whether a mutant is one of these."""
        file = pair.rust if side == "rust" else pair.python
        after = [squeezed(text) for text in self.after]
        return self.file == file and self.before == mutant.before and squeezed(mutant.after) in after


def squeezed(text):
    """Leave out spaces, which the tools set as they like."""
    return text.replace(" ", "")


def only_reached_without(module):
    """Explain why a handler of ImportError is not reached."""
    return f"reached only where {module} is missing; then the file does not load, which the gate reports"


TREES, EVENTS = "python/flat/binary_trees.py", "python/flat/json_events.py"
DISTANCE, PICTURE = "python/hot_loop/edit_distance.py", "python/hot_loop/mandelbrot.py"

PATHS, WORDS = "python/parallel/monte_carlo.py", "python/parallel/word_count.py"

WORKERS = 'WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1'
OTHER_WORKERS = (
    'WORKERS = len(os.sched_getaffinity(0)) if not hasattr(os, "sched_getaffinity") else os.cpu_count() or 1',
    'WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() and 1',
    'WORKERS = len(os.sched_getaffinity(1)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1',
    'WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2',
    'WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0',
)
BARRIER = "barrier = context.Barrier(WORKERS + 1, timeout=60)"
OTHER_WAITS = (
    "barrier = context.Barrier(WORKERS + 1, timeout=61)",
    "barrier = context.Barrier(WORKERS + 1, timeout=59)",
)
SLICES = "size = max(1, -(-len(documents) // (2 * WORKERS)))"
CHUNKS = "run = partial(pool.map, chunksize=max(1, len(chunks) // (4 * WORKERS)))"

EQUAL_TAKES_OVER = "of two equal numbers it does not matter which is kept"
MIRRORED = "the conjugate of c escapes after as many steps: all signs of zi change, and rounding knows no sign"

EQUIVALENT = [
    Equivalent(TREES, "if depth == 0:", ("if depth <= 0:",), "no depth is negative"),
    Equivalent(EVENTS, "if cents < self.smallest:", ("if cents <= self.smallest:",), EQUAL_TAKES_OVER),
    Equivalent(EVENTS, "if cents > self.largest:", ("if cents >= self.largest:",), EQUAL_TAKES_OVER),
    Equivalent(EVENTS, "if at < self.first:", ("if at <= self.first:",), EQUAL_TAKES_OVER),
    Equivalent(EVENTS, "if at > self.last:", ("if at >= self.last:",), EQUAL_TAKES_OVER),
    Equivalent(
        EVENTS,
        "self.largest = 0",
        ("self.largest = 1", "self.largest = -1"),
        "a group has an event, and no event has less than 1 cent",
    ),
    Equivalent(DISTANCE, "if above < cell:", ("if above <= cell:",), EQUAL_TAKES_OVER),
    Equivalent(DISTANCE, "if diagonal < cell:", ("if diagonal <= cell:",), EQUAL_TAKES_OVER),
    Equivalent(PICTURE, "zi = 2.0 * zr * zi + ci", ("zi = 2.0 * zr * zi - ci",), MIRRORED),
    Equivalent(
        PICTURE,
        'return {"inside": int((counts == max_iter).sum()), "row_sums": row_sums.tolist()}',
        ('return {"inside": int((counts >= max_iter).sum()), "row_sums": row_sums.tolist()}',),
        "no count is above the limit",
    ),
    Equivalent(PICTURE, "break", ("continue",), "without a point left, further rounds change nothing"),
    Equivalent(PICTURE, "except ImportError:", ("except CosmicRayTestingException:",), only_reached_without("NumPy")),
    Equivalent(PATHS, "if payoff > 0.0:", ("if payoff >= 0.0:",), "adding zero changes no sum"),
]
for file in [PATHS, WORDS]:
    EQUIVALENT += [
        Equivalent(file, WORKERS, OTHER_WORKERS, "how many workers there are, not what they compute"),
        Equivalent(file, BARRIER, OTHER_WAITS, "how long to wait for processes that do not start"),
        Equivalent(
            file,
            BARRIER,
            ("barrier = context.Barrier(WORKERS - 1, timeout=60)",),
            "with two workers the pool is used before all processes run, which costs time alone",
        ),
    ]
EQUIVALENT += [
    Equivalent(
        PATHS,
        CHUNKS,
        tuple(
            f"run = partial(pool.map, chunksize=max({expression}))"
            for expression in [
                "1, len(chunks) // (4 + WORKERS)",
                "1, len(chunks) // (4 - WORKERS)",
                "1, len(chunks) // (4 // WORKERS)",
                "1, len(chunks) + (4 * WORKERS)",
                "1, len(chunks) - (4 * WORKERS)",
                "1, len(chunks) * (4 * WORKERS)",
                "1, len(chunks) % (4 * WORKERS)",
                "2, len(chunks) // (4 * WORKERS)",
                "1, len(chunks) // (3 * WORKERS)",
                "1, len(chunks) // (5 * WORKERS)",
            ]
        ),
        "how many tasks travel together; their order stays",
    ),
    Equivalent(
        WORDS,
        SLICES,
        tuple(
            f"size = max({expression})"
            for expression in [
                "1, -(-len(documents) // (2 + WORKERS))",
                "1, -(-len(documents) // (2 // WORKERS))",
                "1, -(-len(documents) + (2 * WORKERS))",
                "1, -(-len(documents) - (2 * WORKERS))",
                "1, -(-len(documents) * (2 * WORKERS))",
                "1, -(-len(documents) % (2 * WORKERS))",
                "1, +(-len(documents) // (2 * WORKERS))",
                "1, -(+len(documents) // (2 * WORKERS))",
                "1, ~(-len(documents) // (2 * WORKERS))",
                "1, -(~len(documents) // (2 * WORKERS))",
                "1, not (-len(documents) // (2 * WORKERS))",
                "1, -(not len(documents) // (2 * WORKERS))",
                "1, (-len(documents) // (2 * WORKERS))",
                "1, -(len(documents) // (2 * WORKERS))",
                "2, -(-len(documents) // (2 * WORKERS))",
                "1, -(-len(documents) // (3 * WORKERS))",
                "1, -(-len(documents) // (1 * WORKERS))",
            ]
        ),
        "how large the slices are; every document is still in one of them",
    ),
    Equivalent(
        WORDS,
        SLICES,
        ("size = max(0, -(-len(documents) // (2 * WORKERS)))",),
        "the other number is at least 1, because no input is without documents",
    ),
    Equivalent(
        WORDS,
        '"once": sum(1 for n in counts.values() if n == 1),',
        ('"once": sum(1 for n in counts.values() if n <= 1),',),
        "no count is below 1",
    ),
    Equivalent(
        WORDS,
        "ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))",
        ("ranked = sorted(counts.items(), key=lambda item: (~item[1], item[0]))",),
        "~n is -n - 1: the same order",
    ),
    Equivalent(
        "workloads/flat/json_events.rs",
        'f.write_str("JSON")',
        ("Ok(Default::default())",),
        "a part of the text of an error, of which no answer holds more than that there was one",
    ),
    Equivalent(
        "workloads/hot_loop/mandelbrot.rs",
        "zi = 2.0 * zr * zi + ci;",
        ("zi = 2.0 * zr * zi - ci;",),
        MIRRORED,
    ),
    Equivalent(
        "workloads/parallel/word_count.rs",
        "let (mut into, from) = if a.len() < b.len() { (b, a) } else { (a, b) };",
        tuple(
            f"let (mut into, from) = if a.len() {sign} b.len() {{ (b, a) }} else {{ (a, b) }};"
            for sign in ["==", ">", "<="]
        ),
        "which table is added to which; the sums are the same",
    ),
]
