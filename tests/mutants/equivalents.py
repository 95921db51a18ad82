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
    """Leave out spaces, which the tools place differently."""
    return text.replace(" ", "")


def changed(line, *changes):
    """Make the variants of a line in which one piece is another, each piece given as ``old`` and ``new``."""
    assert all(line.count(old) == 1 for old, _ in changes), line
    return tuple(line.replace(old, new) for old, new in changes)


def only_reached_without(module):
    """Explain why a handler of ImportError is not reached."""
    return f"reached only where {module} is missing; then the file does not load, which the gate reports"


TREES, EVENTS = "python/flat/binary_trees.py", "python/flat/json_events.py"
DISTANCE, PICTURE = "python/hot_loop/edit_distance.py", "python/hot_loop/mandelbrot.py"

PATHS, WORDS = "python/parallel/monte_carlo.py", "python/parallel/word_count.py"
SMOOTHED, SORTED = "python/parallel/image_filter.py", "python/parallel/merge_sort.py"
QUEENS = "python/parallel/parallel_search.py"

ASKED = 'WORKERS = int(os.environ.get("PAIRBENCH_WORKERS", 0)) or ('
WORKERS = 'len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1'
OTHER_WORKERS = (
    'len(os.sched_getaffinity(0)) if not hasattr(os, "sched_getaffinity") else os.cpu_count() or 1',
    'len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() and 1',
    'len(os.sched_getaffinity(1)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1',
    'len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2',
    'len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0',
)
BARRIER = "barrier = context.Barrier(WORKERS + 1, timeout=60)"
OTHER_WAITS = (
    "barrier = context.Barrier(WORKERS + 1, timeout=61)",
    "barrier = context.Barrier(WORKERS + 1, timeout=59)",
)
SLICES = "size = max(1, -(-len(documents) // (2 * WORKERS)))"
AROUND = "around = np.lib.stride_tricks.sliding_window_view(picture, (5, 5)).reshape(-1, 25)"
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
    Equivalent(
        DISTANCE,
        "histogram = [0] * (max(distances, default=-1) + 1)",
        tuple(f"histogram = [0] * (max(distances, default={number}) + 1)" for number in ("~1", "-2")),
        "a list times a negative number is empty, as it is times 0",
    ),
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
for file in [PATHS, WORDS, SMOOTHED, SORTED, QUEENS]:
    EQUIVALENT += [
        Equivalent(
            file,
            ASKED,
            (ASKED.replace("0)", "1)"),),
            "how many workers there are, not what they compute",
        ),
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

ECHO, TIMERS = "python/concurrency/echo.py", "python/concurrency/timers.py"
CLINIC, SCRIPTS = "python/flat/event_simulation.py", "python/flat/interpreter.py"
SEARCHED, STREAMS = "python/flat/inverted_index.py", "python/library_bound/compression.py"
DIGESTS, LINES = "python/library_bound/hashing.py", "python/library_bound/regex_scan.py"
LENDING = "python/library_bound/web_handler.py"

ONLY_TOKENS = "of the words that may come here, the other comparison is true of the same ones"
RANKED = "ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))"
SERVER = "server = loop.run_until_complete(asyncio.start_server(serve, HOST, 0, backlog=BACKLOG))"
POOL = "with Server((HOST, 0), Handler) as server, ThreadPoolExecutor(BACKLOG) as pool:"
POLL = "thread = threading.Thread(target=server.serve_forever, args=(0.05,))"
NODELAY = "connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)"
PORT = "where the process may listen there, the port is another, and clients are told which"
DUE = "loop.call_at(loop.time() - milliseconds / 1000, future.set_result, milliseconds)"
LATE = "await asyncio.wait_for(never(), -value / 1000)"
AUTHOR = 'values.append(number(query, "author", 0, 999_999, faults))'
CONNECTION = 'str(Path(folder) / "library.sqlite"), isolation_level=None, cached_statements=128'

EQUIVALENT += [
    Equivalent(
        ECHO,
        "except asyncio.IncompleteReadError:",
        ("except asyncioCosmicRayTestingExceptionIncompleteReadError:",),
        "the end of a connection raises all the same, and asyncio only writes that into its log",
    ),
    Equivalent(ECHO, "BACKLOG = 1024", ("BACKLOG = 1025", "BACKLOG = 1023"), "every case has fewer connections"),
    Equivalent(ECHO, SERVER, changed(SERVER, ("0", "1")), PORT),
    Equivalent(ECHO, POOL, changed(POOL, ("0", "1")), PORT),
    Equivalent(
        ECHO,
        "yield loop, server.sockets[0].getsockname()[1]",
        ("yield loop, server.sockets[-1].getsockname()[1]",),
        "the server has one socket",
    ),
    Equivalent(
        ECHO, NODELAY, (NODELAY.replace("1)", "2)"), NODELAY.replace("1)", "0)")), "when bytes leave, not which"
    ),
    Equivalent(
        ECHO,
        "disable_nagle_algorithm = True",
        ("disable_nagle_algorithm = False",),
        "when bytes leave, not which",
    ),
    Equivalent(
        ECHO,
        "daemon_threads = True",
        ("daemon_threads = False",),
        "every connection ends before its server does, so that nobody waits for its thread",
    ),
    Equivalent(
        ECHO, POLL, changed(POLL, ("0.05", "1.05"), ("0.05", "-0.95")), "how soon the server sees that it is to end"
    ),
    Equivalent(TIMERS, "HOUR = 3600.0", ("HOUR = 3601.0", "HOUR = 3599.0"), "nothing waits for as long"),
    Equivalent(TIMERS, "await asyncio.sleep(0)", ("await asyncio.sleep(-1)",), "both let the other tasks run once"),
    Equivalent(
        TIMERS,
        "for _ in range(pauses):",
        ("for _ in []:",),
        "when a value comes, not which: the limit is an hour away",
    ),
    Equivalent(
        TIMERS,
        DUE,
        changed(
            DUE,
            ("- milliseconds", "+ milliseconds"),
            ("- milliseconds", "* milliseconds"),
            ("- milliseconds", "/ milliseconds"),
            ("- milliseconds", "// milliseconds"),
            ("- milliseconds", "% milliseconds"),
            ("/ 1000", "- 1000"),
            ("/ 1000", "* 1000"),
            ("/ 1000", "// 1000"),
            ("/ 1000", "% 1000"),
            ("1000", "1001"),
            ("1000", "999"),
        ),
        "when the time of a job comes, which is within a second, and not what it gives",
    ),
    Equivalent(
        TIMERS,
        LATE,
        changed(
            LATE,
            ("/ 1000", "- 1000"),
            ("/ 1000", "* 1000"),
            ("/ 1000", "// 1000"),
            ("1000", "1001"),
            ("1000", "999"),
            ("-value", "+value"),
            ("-value", "~value"),
            ("-value", "not value"),
            ("-value", "value"),
        ),
        "when the limit passes; what it is for never comes",
    ),
    Equivalent(TIMERS, 'if kind == "limit":', ('if kind >= "limit":',), ONLY_TOKENS),
    Equivalent(TIMERS, 'elif kind == "late":', ('elif kind >= "late":',), ONLY_TOKENS),
    Equivalent(TIMERS, 'elif kind == "due":', ('elif kind >= "due":',), ONLY_TOKENS),
    Equivalent(
        CLINIC,
        "if patient.step == step and patient.waiting_since is not None:",
        ("if patient.step <= step and patient.waiting_since is not None:",),
        "nobody goes back on the route",
    ),
    Equivalent(
        CLINIC,
        "elif self.waiting < self.seats:",
        ("elif self.waiting != self.seats:",),
        "no more wait than there are seats",
    ),
    Equivalent(
        CLINIC,
        "if patient.step < len(patient.route):",
        ("if patient.step != len(patient.route):",),
        "steps are counted one by one",
    ),
    Equivalent(
        CLINIC,
        "if self.waiting > self.longest_queue:",
        ("if self.waiting >= self.longest_queue:",),
        EQUAL_TAKES_OVER,
    ),
    Equivalent(CLINIC, "if wait > self.longest_wait:", ("if wait >= self.longest_wait:",), EQUAL_TAKES_OVER),
    Equivalent(
        CLINIC,
        "self.changed = 0",
        ("self.changed = 1", "self.changed = -1"),
        "until the first change nobody waits, and it counts nothing times the time",
    ),
    Equivalent(
        CLINIC,
        "self.now = 0",
        ("self.now = 1", "self.now = -1"),
        "the first arrival comes as much sooner or later, and sets it; no input is without patients",
    ),
    Equivalent(SCRIPTS, 'if kind == "blank":', ('if kind <= "blank":',), ONLY_TOKENS),
    Equivalent(
        SCRIPTS,
        "if machine.depth == DEEPEST:",
        ("if machine.depth >= DEEPEST:",),
        "no call goes below the deepest",
    ),
    Equivalent(
        SCRIPTS,
        'left = Logical(left, right, kind == "or")',
        ('left = Logical(left, right, kind >= "or")',),
        ONLY_TOKENS,
    ),
    Equivalent(
        SCRIPTS,
        'left = Equal(left, right, kind == "==")',
        ('left = Equal(left, right, kind >= "==")',),
        ONLY_TOKENS,
    ),
    Equivalent(
        SCRIPTS,
        "return None if result is None else result[0]",
        ("return None if result is None else result[-1]",),
        "the tuple has one value",
    ),
    Equivalent(
        SCRIPTS,
        "precedence = PRECEDENCE.get(kind, 0)",
        ("precedence = PRECEDENCE.get(kind, -1)",),
        "both are below every level",
    ),
    Equivalent(
        SEARCHED,
        "norm = K1 * (1 - B + B * self.lengths[number] / average)",
        ("norm = K1 * (1 % B + B * self.lengths[number] / average)",),
        "B is 0.75, and both are 0.25",
    ),
    Equivalent(
        SEARCHED,
        "if len(terms) == 1:",
        ("if len(terms) < 1:", "if len(terms) <= 1:", "if len(terms) == 0:"),
        "there is a term, and for one alone the way of several comes to the same documents",
    ),
    Equivalent(SEARCHED, 'if sign == "-":', ('if sign >= "-":',), ONLY_TOKENS),
    Equivalent(SEARCHED, 'if sign == "+":', ('if sign >= "+":',), ONLY_TOKENS),
    Equivalent(
        SEARCHED,
        'if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):',
        ('if word.endswith("es") and word.endswith(("aes", "ees", "oes")):',),
        "a word in -es loses its last letter either way, as it does not end in -us or -ss",
    ),
    Equivalent(
        SEARCHED,
        "return self.postings.get(terms[0], {}).keys()",
        ("return self.postings.get(terms[-1], {}).keys()",),
        "there is one term",
    ),
    Equivalent(
        SEARCHED,
        "for documents in postings[1:]:",
        ("for documents in postings[0:]:",),
        "what a set has in common with itself is the set",
    ),
    Equivalent(
        STREAMS,
        "came_back += expanded == batch",
        ("came_back += expanded <= batch", "came_back += expanded >= batch"),
        "what comes back is the same, or raises",
    ),
    Equivalent(
        DIGESTS,
        "except ImportError:",
        ("except CosmicRayTestingException:",),
        "reached only where ssl is missing, and only names the library",
    ),
    Equivalent(
        DIGESTS,
        "name, version = OPENSSL_VERSION.split()[:2]",
        (
            "name, version = OPENSSL_VERSION.split()[:3]",
            "name, version = OPENSSL_VERSION.split()[:1]",
        ),
        "names the library for the record, and is in no answer",
    ),
    Equivalent(LINES, "if value[0] == '\"':", ("if value[-1] == '\"':",), "a value has quotes at both ends or none"),
    Equivalent(
        LINES,
        'self.micros += thousandths if unit == "ms" else 1_000 * thousandths',
        ('self.micros += thousandths if unit <= "ms" else 1_000 * thousandths',),
        ONLY_TOKENS,
    ),
    Equivalent(
        LINES, 'if size != "-":', ('if size > "-":',), "a size is this or begins with a digit, which is greater"
    ),
    Equivalent(
        LINES,
        "return sorted(table.items(), key=lambda item: (-item[1], item[0]))[:10]",
        ("return sorted(table.items(), key=lambda item: (~item[1], item[0]))[:10]",),
        "~n is -n - 1: the same order",
    ),
    Equivalent(LENDING, "if loans >= MOST_LOANS:", ("if loans == MOST_LOANS:",), "nobody has more"),
    Equivalent(
        LENDING,
        AUTHOR,
        changed(AUTHOR, ("0,", "1,"), ("0,", "-1,")),
        "taken only together with a fault, and then the request is refused",
    ),
    Equivalent(
        LENDING,
        CONNECTION,
        changed(CONNECTION, ("128", "129"), ("128", "127")),
        "how many statements are kept prepared",
    ),
    Equivalent(
        SMOOTHED,
        'return b"".join(run(partial(smooth, width), cut(width, pixels, 2 * WORKERS)))',
        tuple(
            f'return b"".join(run(partial(smooth, width), cut(width, pixels, {bands})))'
            for bands in ["2 + WORKERS", "2 // WORKERS", "3 * WORKERS", "1 * WORKERS"]
        ),
        "how many bands there are; every row is still in one of them",
    ),
    Equivalent(
        SMOOTHED,
        "rows = -(-height // bands)",
        ("rows = -(-height - bands)", "rows = -(-height * bands)", "rows = -(~height // bands)"),
        "how many rows a band has; every row is still in one of them",
    ),
    Equivalent(
        SMOOTHED,
        "height = len(pixels) // width - 4",
        ("height = len(pixels) // width - 3",),
        "a band that begins below the last row has no row of its own",
    ),
    Equivalent(
        SMOOTHED,
        "picture = np.frombuffer(pixels, np.uint8).reshape(-1, width)",
        (
            "picture = np.frombuffer(pixels, np.uint8).reshape(~1, width)",
            "picture = np.frombuffer(pixels, np.uint8).reshape(-2, width)",
        ),
        "NumPy takes every negative number as the one that it is to work out",
    ),
    Equivalent(
        SMOOTHED,
        AROUND,
        changed(AROUND, ("-1", "~1"), ("-1", "-2")),
        "NumPy takes every negative number as the one that it is to work out",
    ),
    Equivalent(SMOOTHED, "except ImportError:", ("except CosmicRayTestingException:",), only_reached_without("NumPy")),
    Equivalent(
        "python/hot_loop/checksum.py",
        "except ImportError:",
        ("except CosmicRayTestingException:",),
        only_reached_without("zlib"),
    ),
    Equivalent(
        "python/hot_loop/matrix_product.py",
        "except ImportError:",
        ("except CosmicRayTestingException:",),
        only_reached_without("NumPy"),
    ),
    Equivalent(
        "python/concurrency/pipeline.py",
        "await results.put((sensor, None, False))",
        ("await results.put((sensor, None, True))",),
        "what is no reading is counted as a fault, before anything asks whether it is a jump",
    ),
    Equivalent(
        "python/hot_loop/checksum.py",
        "TABLE = tuple(map(table_entry, range(256)))",
        ("TABLE = tuple(map(table_entry, range(257)))",),
        "no byte looks the last one up",
    ),
    Equivalent(
        "workloads/concurrency/timers.rs",
        "let limit = Instant::now() - Duration::from_millis(value);",
        ("let limit = Instant::now() + Duration::from_millis(value);",),
        "when the limit passes; what it is for never comes",
    ),
    Equivalent(
        "workloads/concurrency/timers.rs",
        "sleep_until(Instant::now() - Duration::from_millis(value)).await;",
        ("sleep_until(Instant::now() + Duration::from_millis(value)).await;",),
        "how soon the time of a job comes, not what it adds",
    ),
]
PLACE = "rows, row + 1, columns | queen, (left | queen) << 1, (right | queen) >> 1"
PLACE_RUST = "solutions += place(below, columns | queen, (left | queen) << 1, (right | queen) >> 1);"
EQUIVALENT += [
    Equivalent(
        file,
        place,
        changed(
            place,
            ("columns | queen", "columns ^ queen"),
            ("left | queen", "left ^ queen"),
            ("right | queen", "right ^ queen"),
        ),
        "a queen stands on no attacked square, so that both set its bit",
    )
    for file, place in [(QUEENS, PLACE), ("workloads/parallel/parallel_search.rs", PLACE_RUST)]
]
EQUIVALENT += [
    Equivalent(QUEENS, "if row == len(rows):", ("if row >= len(rows):",), "rows are counted one by one"),
]
RECORDS = "size = max(1, -(-len(records) // WORKERS))"
EQUIVALENT += [
    Equivalent(
        SORTED,
        RECORDS,
        changed(
            RECORDS,
            ("// WORKERS", "+ WORKERS"),
            ("// WORKERS", "- WORKERS"),
            ("// WORKERS", "* WORKERS"),
            ("// WORKERS", "% WORKERS"),
            ("-(", "+("),
            ("-(", "~("),
            ("-(", "not ("),
            ("-(", "("),
            ("-len", "+len"),
            ("-len", "~len"),
            ("-len", "not len"),
            ("-len", "len"),
            ("(1,", "(2,"),
        ),
        "how large the slices are; every record is still in one of them",
    ),
    Equivalent(
        SORTED,
        RECORDS,
        ("size = max(0, -(-len(records) // WORKERS))",),
        "the other number is at least 1, because no input is without records",
    ),
]
ECHO_RUST = "workloads/concurrency/echo.rs"
NO_MORE = "Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),"
EQUIVALENT += [
    Equivalent(
        ECHO_RUST,
        NO_MORE,
        changed(
            NO_MORE,
            ("error.kind() == io::ErrorKind::UnexpectedEof", "true"),
            ("error.kind() == io::ErrorKind::UnexpectedEof", "false"),
            ("==", "!="),
        ),
        "a server ends its side of a connection either way, and nobody looks at how; a client meets no end",
    ),
    Equivalent(
        ECHO_RUST,
        "writer.shutdown().await?; reader.read_to_end(&mut Vec::new()).await?; Ok(())",
        ("Ok(())",),
        "a connection that is dropped is closed too, when all replies are there",
    ),
]

PLURALS = '_ if ends(&["es"]) && !ends(&["aes", "ees", "oes"]) => shorter(),'
EQUIVALENT += [
    Equivalent(
        "workloads/flat/inverted_index.rs",
        PLURALS,
        (
            PLURALS.replace('ends(&["es"]) && !ends(&["aes", "ees", "oes"])', "false"),
            PLURALS.replace("!ends", "ends"),
        ),
        "a word that ends with es ends neither with us nor ss, so that the last rule shortens it in the same way",
    ),
]

SCRIPTS_RUST, SMOOTHED_RUST = "workloads/flat/interpreter.rs", "workloads/parallel/image_filter.rs"
SIGNS = "if remainder != 0.0 && (remainder < 0.0) != (right < 0.0) {"
ROWS = "let rows = height.div_ceil(2 * rayon::current_num_threads());"
EQUIVALENT += [
    Equivalent(
        SCRIPTS_RUST,
        "for scope in &self.closures { scope.values.take(); }",
        ("()",),
        "it frees memory, of which no answer tells",
    ),
    Equivalent(
        SCRIPTS_RUST,
        SIGNS,
        changed(SIGNS, ("remainder <", "remainder <="), ("right <", "right <=")),
        "neither is zero: the first by the condition before, and dividing by zero is an error",
    ),
    Equivalent(
        SCRIPTS_RUST,
        'Kind::Wrong => (PyString::intern(py, "wrong"), PyString::new(py, text), line),',
        ("/* ~ changed by cargo-mutants ~ */",),
        "its kind is then the character itself, which the parser knows as little",
    ),
    Equivalent(
        SMOOTHED_RUST,
        ROWS,
        changed(ROWS, ("2 *", "2 +"), ("2 *", "2 /")),
        "how many bands there are; every row is still in one of them",
    ),
    Equivalent(
        "workloads/library_bound/web_handler.rs",
        "bytes.push((high << 4 | low) as u8);",
        ("bytes.push((high << 4 ^ low) as u8);",),
        "the two have no bit in common",
    ),
]
