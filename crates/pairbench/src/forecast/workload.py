"""What `pairbench forecast` measures: a statement, recorded calls of a function, or a whole program.

A worker loads this, after `calls.py`, as the Python file of a pair. `python` does the work once; what the worker is
consulted about is at the end: what surrounds the instructions that were sampled, and what a watched call calls.
"""

import contextlib
import dis
import gc
import inspect
import json
import os
import pickle
import re
import signal
import sys
import threading
import time
import types

with open(os.path.join(os.path.dirname(__file__), "workload.json"), encoding="utf-8") as file:
    SPEC = json.load(file)

LARGEST = 1 << 24  # bytes of a pickle that are compared
MOST_CALLS = 200  # of a function, whose arguments are counted
PREPARED = []  # the workload, once it is prepared
SEEN = {
    "state": "ready",
    "ended": False,
    "read_input": False,
    "exit": None,
    "wall": 0.0,
    "cpu": 0.0,
}


class Unusable(Exception):
    """The workload cannot be called; the text says why and what to do."""


class TimeIsUp(BaseException):
    """No `Exception`, so that a workload that catches those ends all the same."""


@contextlib.contextmanager
def setup_python():
    """The workload, ready to be called."""
    with prepared() as run:
        yield run


def python(run, _):
    """One run."""
    run()


@contextlib.contextmanager
def setup_limited():
    """The workload, ended after the time limit."""
    with prepared() as run:
        yield lambda: limited(run)


def limited(run, _=None):
    """Runs it once, ends it after the time limit, and notes what it took."""
    started, used = time.perf_counter(), time.process_time()
    try:
        within_limit(run)
    finally:
        SEEN["wall"], SEEN["cpu"] = (
            time.perf_counter() - started,
            time.process_time() - used,
        )


def within_limit(run):
    """Runs it, and ends it after the time limit."""

    def end(number, frame):
        raise TimeIsUp

    if not hasattr(signal, "setitimer"):
        run()
        return
    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SPEC["limit"])
    try:
        run()
    except TimeIsUp:
        SEEN["ended"] = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def prepared():
    """The workload as a function without arguments; standard streams are files meanwhile."""
    sys.path[:0] = [os.getcwd(), *SPEC.get("folders", ())]
    streams(SPEC["output"], SPEC["stdin"])
    kinds = {"statement": statement, "function": recorded, "program": program}
    with contextlib.ExitStack() as stack:
        run = of_pair(stack) if SPEC["kind"] == "pair" else kinds[SPEC["kind"]]()
        PREPARED[:] = [run]
        yield run


def streams(output, stdin):
    """What it prints goes to a file, and what it reads comes from one."""
    target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    if stdin is not None:
        source = os.open(stdin, os.O_RDONLY)
        os.dup2(source, 0)
        os.close(source)
        sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115 (until the process ends)
    else:
        sys.stdin = Empty()


class Empty:
    """A standard input that has nothing, and notes that somebody wanted to read it."""

    encoding, errors, closed, buffer = (
        "utf-8",
        "strict",
        False,
        property(lambda self: self),
    )

    def read(self, *_):
        """Nothing."""
        SEEN["read_input"] = True
        return ""

    readline = read1 = read

    def readlines(self, *_):
        """No lines."""
        return list(self)

    def __iter__(self):
        self.read()
        return iter(())

    def fileno(self):
        """The number of the standard input, which is empty as well."""
        return 0

    def isatty(self):
        """It is a file."""
        return False

    def close(self):
        """Processes that `multiprocessing` forks do so first."""


def statement():
    """The statement as a function, after its set-up."""
    # Another module than this one, so that samples of it are told from those of what runs it.
    namespace = {"__name__": "statement", "__builtins__": __builtins__}
    for setup in SPEC["setup"]:
        exec(compile(setup, "<setup>", "exec"), namespace)
    body = "\n".join("    " + line for line in SPEC["statement"].splitlines()) or "    pass"
    exec(compile("def statement():\n" + body + "\n", "<statement>", "exec"), namespace)
    return namespace["statement"]


def recorded():
    """All recorded calls of the function, one after the other."""
    function = named(SPEC["module"], SPEC["name"])
    calls = read_calls() if "calls" in SPEC else without_arguments(function)
    return all_of(runner(function), calls)


def of_pair(stack):
    """All calls that the input of a pair stands for, with what they need set up."""
    function = named(SPEC["module"], "python")
    with open(SPEC["input"], "rb") as file:
        value = pickle.load(file)
    setup = getattr(sys.modules[SPEC["module"]], "setup_python", None)
    resources = ()
    if setup is not None:
        positional, named_arguments = sys.modules["__main__"].wanted(setup, value)
        resources = (stack.enter_context(setup(*positional, **named_arguments)),)
    calls = calls_of(value, SPEC["form"])
    return all_of(function, [((*resources, *positional), named_arguments) for positional, named_arguments in calls])


def all_of(run_one, calls):
    """A function that makes these calls, one after the other."""
    if len(calls) == 1:
        [(positional, named_arguments)] = calls
        return lambda: run_one(*positional, **named_arguments)

    def all_calls():
        for positional, named_arguments in calls:
            run_one(*positional, **named_arguments)

    return all_calls


def named(module, name):
    """A function of a module."""
    __import__(module)
    found = sys.modules[module]
    for part in name.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{module} has no {name!r}")
        found = getattr(found, part)
    if not callable(found):
        raise Unusable(f"{module}:{name} is not a function but {type(found).__name__}")
    return found


def without_arguments(function):
    """One call without arguments, if the function can be called so."""
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        raise Unusable(
            f"{SPEC['module']}:{SPEC['name']} takes arguments ({error}): give calls with --input FILE"
        ) from None
    except ValueError:
        pass
    return [((), {})]


def read_calls():
    """Positional and named arguments of each call in the file."""
    with open(SPEC["calls"], "rb") as file:
        return calls_of(pickle.load(file), "calls")


def runner(function):
    """A function that calls it and runs what it returns to the end."""
    kind = SEEN["state"] = state(function)
    if kind == "generator":

        def run_one(*positional, **named_arguments):
            for _ in function(*positional, **named_arguments):
                pass

    elif kind in ("coroutine", "async generator"):
        import asyncio

        async def drain(items):
            async for _ in items:
                pass

        def run_one(*positional, **named_arguments):
            found = function(*positional, **named_arguments)
            asyncio.run(found if kind == "coroutine" else drain(found))

    else:
        return function
    return run_one


def state(function):
    """What has to be done with what the function returns."""
    if inspect.iscoroutinefunction(function):
        return "coroutine"
    if inspect.isasyncgenfunction(function):
        return "async generator"
    return "generator" if inspect.isgeneratorfunction(function) else "ready"


def program():
    """Runs a module or a file as `__main__`, as the interpreter does."""
    arguments = SPEC["arguments"]
    if arguments[0] == "-m":
        code, main, argv = of_module(arguments[1:])
    elif arguments[0] == "-c":
        main = types.ModuleType("__main__")
        code, argv = compile(arguments[1], "<string>", "exec"), ["-c", *arguments[2:]]
    else:
        code, main, argv = of_file(arguments)

    def run():
        sys.argv[:] = argv
        sys.modules["__main__"] = main
        try:
            exec(code, main.__dict__)
        except SystemExit as error:
            SEEN["exit"] = None if error.code in (None, 0) else str(error.code)
        sys.stdout.flush()

    # Names of sampled code are looked up among functions.
    run.main = types.FunctionType(code, main.__dict__, "<module>")
    return run


def of_module(arguments):
    """Code, module and arguments of `-m`."""
    from importlib.util import find_spec

    if not arguments:
        raise Unusable("-m needs the name of a module")
    name = arguments[0]
    found = find_spec(name)
    if found is not None and found.submodule_search_locations is not None:
        name += ".__main__"
        found = find_spec(name)
    if found is None or not hasattr(found.loader, "get_code"):
        raise Unusable(f"there is no module {name!r} to run (looked in the working folder and where Python looks)")
    main = types.ModuleType("__main__")
    main.__dict__.update(
        __file__=found.origin,
        __spec__=found,
        __package__=found.parent,
        __builtins__=__builtins__,
    )
    return found.loader.get_code(name), main, [found.origin, *arguments[1:]]


def of_file(arguments):
    """Code, module and arguments of a file."""
    path = arguments[0]
    try:
        with open(path, "rb") as source:
            code = compile(source.read(), path, "exec")
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from None
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    return code, main, arguments


# What the worker is consulted about.


def state_of_workload(_):
    """What is known of the workload after a call."""
    children = 0
    for task in tasks():
        with open(f"/proc/self/task/{task}/children") as file:
            children += len(file.read().split())
    return {**SEEN, "threads": max(len(tasks()), 1), "children": children}


def tasks():
    """The threads of this process."""
    try:
        return [task for task in os.listdir("/proc/self/task") if os.path.exists(f"/proc/self/task/{task}/children")]
    except OSError:
        return []


def check(_):
    """Whether a call of the function changes its input, and whether two calls return the same."""
    calls = read_calls() if "calls" in SPEC else [((), {})]
    function = named(SPEC["module"], SPEC["name"])
    found = {"mutates": False, "wavers": False}
    if state(function) != "ready":
        return found
    positional, named_arguments = calls[0]
    before = pickled((positional, named_arguments))
    first = pickled(function(*positional, **named_arguments))
    found["mutates"] = before is not None and before != pickled((positional, named_arguments))
    if before is not None and first is not None:
        positional, named_arguments = pickle.loads(before)
        second = pickled(function(*positional, **named_arguments))
        found["wavers"] = second is not None and first != second and pickle.loads(first) != pickle.loads(second)
    return found


def pickled(value):
    """None for what cannot be compared, or is too large."""
    try:
        text = pickle.dumps(value, 3)
    except Exception:
        return None
    return text if len(text) <= LARGEST else None


def site(code, offset):
    """A name for an instruction that is the same in all processes."""
    return f"{code.co_filename}:{code.co_firstlineno}:{code.co_name}:{offset}"


def instructions(wanted):
    """Operation, site and kind of loop of each instruction, given as the address of its code and its place there."""
    if hasattr(gc, "unfreeze"):
        gc.unfreeze()
    codes = {}
    for item in gc.get_objects():
        if type(item) is types.FunctionType:
            add_code(item.__code__, codes)
    shown = {}
    found = []
    for address, offset in wanted:
        code = codes.get(address)
        if code is None:
            found.append(("", "", False))
            continue
        if address not in shown:
            shown[address] = disassembled(code)
        found.append(at_offset(code, shown[address], offset))
    return found


def add_code(code, codes):
    """Adds a code object and those inside of it, by address."""
    if id(code) not in codes:
        codes[id(code)] = code
        for constant in code.co_consts:
            if type(constant) is types.CodeType:
                add_code(constant, codes)


def disassembled(code):
    """Operation by offset, specialised where it is; and the offsets inside loops that could be vectorised."""
    if sys.version_info < (3, 11):
        return {}, set()
    operations = {one.offset: one.opname for one in dis.get_instructions(code, adaptive=True)}
    return operations, vectorisable(list(dis.get_instructions(code)))


def at_offset(code, shown, offset):
    """Operation, site, and whether it is in a loop that could be vectorised."""
    operations, loops = shown
    known = [at for at in operations if offset is not None and at <= offset]
    if not known:
        return "", "", False
    at = max(known)
    called = at
    # 3.11 prepares a call in an instruction of its own, and may make it there.
    if operations[at].startswith("PRECALL"):
        called = min((later for later in operations if later > at), default=at)
    return operations[at], site(code, called), at in loops


def vectorisable(listed):
    """The offsets in innermost loops of arithmetic without branches, calls, or values carried to the next round."""
    ends = {}
    for one in listed:
        if "JUMP" in one.opname and isinstance(one.argval, int) and one.argval < one.offset:
            ends[one.argval] = max(one.offset, ends.get(one.argval, 0))
    found = set()
    for begin, end in ends.items():
        if any((low, high) != (begin, end) and begin <= low and high <= end for low, high in ends.items()):
            continue
        body = [one for one in listed if begin <= one.offset <= end]
        if body and not carries(body) and is_plain_arithmetic(body, end):
            found.update(one.offset for one in body)
    return found


def is_plain_arithmetic(body, end):
    """Whether a loop computes, and neither branches nor calls."""
    names = [one.opname for one in body if one.offset != end]
    branches = any(name.startswith(("POP_JUMP", "JUMP_IF")) for name in names)
    calls = any(name.startswith(("CALL", "YIELD", "SEND")) for name in names)
    arithmetic = any(name.startswith(("BINARY_OP", "BINARY_ADD", "BINARY_MULTIPLY", "INPLACE")) for name in names)
    return arithmetic and not branches and not calls


def carries(body):
    """Whether a variable is read before the loop stores it."""
    stored, read_first = set(), set()
    for one in body:
        kinds = re.findall("(LOAD|STORE)_FAST", one.opname)
        names = one.argval if isinstance(one.argval, tuple) else (one.argval,)
        for kind, name in zip(kinds, names):
            if kind == "STORE":
                stored.add(name)
            elif name not in stored:
                read_first.add(name)
    return bool(stored & read_first)


def watch(_):
    """Runs the workload once and notes what is called where: callees of C by site, and calls of Python functions."""
    callees, functions = {}, {}
    with monitored(callees):
        profile = profiler(callees, functions)
        threading.setprofile(profile)  # for threads that it starts
        sys.setprofile(profile)
        try:
            limited(PREPARED[0])
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
    return {
        "callees": list(callees.items()),
        "functions": [
            {
                "name": code.co_name,
                "line": code.co_firstlineno,
                "origin": origin(code),
                **counts,
            }
            for code, counts in functions.items()
            if code.co_filename != __file__
        ],
    }


@contextlib.contextmanager
def monitored(callees):
    """Notes the callee of each site once, which costs next to nothing; from 3.12 on."""
    if sys.version_info < (3, 12):
        yield
        return
    monitoring, tool = sys.monitoring, 3

    def called(code, offset, function, _):
        callees.setdefault(site(code, offset), callee_name(function))
        return monitoring.DISABLE

    monitoring.use_tool_id(tool, "pairbench")
    monitoring.register_callback(tool, monitoring.events.CALL, called)
    monitoring.set_events(tool, monitoring.events.CALL)
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


def profiler(callees, functions):
    """A profile function that counts calls, and notes callees where they are not monitored.

    Calls of a function from within itself do not count: what replaces the outermost makes them on its own.
    """
    by_site = sys.version_info < (3, 12)
    running = {}

    def profile(frame, event, value):
        code = frame.f_code
        if event == "call":
            counts = functions.get(code)
            if counts is None:
                counts = functions[code] = {
                    "calls": 0,
                    "seen": 0,
                    "elements_in": 0,
                    "returned": 0,
                    "elements_out": 0,
                }
            here = threading.get_ident(), code
            running[here] = running.get(here, 0) + 1
            if running[here] > 1:
                return
            counts["calls"] += 1
            if counts["seen"] < MOST_CALLS:
                counts["seen"] += 1
                values = frame.f_locals
                number = code.co_argcount + code.co_kwonlyargcount
                counts["elements_in"] += sum(elements(values.get(name)) for name in code.co_varnames[:number])
        elif event == "return":
            counts = functions.get(code)
            here = threading.get_ident(), code
            running[here] = running.get(here, 1) - 1
            if running[here] == 0 and counts is not None and counts["returned"] < MOST_CALLS:
                counts["returned"] += 1
                counts["elements_out"] += elements(value)
        elif event == "c_call" and by_site:
            callees.setdefault(site(code, frame.f_lasti), callee_name(value))

    return profile


def elements(value, depth=16):
    """Python objects in a value that cross one by one; the first of several stands for its neighbours."""
    if isinstance(value, dict):
        first = next(iter(value.items()), ())
        each = sum(elements(one, depth - 1) for one in first) if depth else 1
        return 1 + len(value) * max(each, 2)
    if isinstance(value, (list, tuple, set, frozenset)):
        each = elements(next(iter(value), None), depth - 1) if depth else 1
        return 1 + len(value) * max(each, 1)
    return 1


def callee_name(function):
    """`math.sqrt`, `list.append`, `dict`; empty for a function of Python."""
    if isinstance(function, type):
        return (
            function.__qualname__
            if function.__module__ == "builtins"
            else f"{function.__module__}.{function.__qualname__}"
        )
    name = getattr(function, "__name__", "")
    owner = getattr(function, "__objclass__", None)
    if owner is not None:
        return f"{owner.__name__}.{name}"
    if not isinstance(function, types.BuiltinFunctionType):
        return ""
    bound = function.__self__
    if bound is None or isinstance(bound, types.ModuleType):
        return f"{function.__module__}.{name}"
    return f"{(bound if isinstance(bound, type) else type(bound)).__name__}.{name}"


def origin(code):
    """Whose function it is: the standard library's, a package's, or the user's own."""
    path = code.co_filename
    if "-packages" in path:
        return "package"
    return "standard" if path.startswith(("<frozen", os.path.dirname(os.__file__))) else "own"


def functions(_):
    """Time by function as `cProfile` has it, for where the process may not be sampled.

    A list of module, name, line, seconds of its own, and operation or callee of those.
    """
    import cProfile

    profile = cProfile.Profile()
    profile.enable()
    try:
        limited(PREPARED[0])
    finally:
        profile.disable()
    found = []
    for entry in profile.getstats():
        code = entry.code
        if isinstance(code, str):
            # A function of C: its time is in its callers' entries.
            continue
        if code.co_filename == __file__:
            continue
        module = os.path.splitext(os.path.basename(code.co_filename))[0].strip("<>")
        where = module, getattr(code, "co_qualname", code.co_name), code.co_firstlineno
        counts = {}
        for one in dis.get_instructions(code):
            counts[one.opname] = counts.get(one.opname, 0) + 1
        for operation, count in counts.items():
            found.append((*where, entry.inlinetime * count / sum(counts.values()), operation, ""))
        for called in entry.calls or ():
            if isinstance(called.code, str):
                found.append((*where, called.inlinetime, "CALL", plain_name(called.code)))
    return found


def plain_name(text):
    """`list.append` of `<method 'append' of 'list' objects>`, `math.sqrt` of `<built-in method math.sqrt>`."""
    method = re.match("<method '(.*)' of '(.*)' objects>", text)
    if method:
        return f"{method[2]}.{method[1]}"
    return text.strip("<>").rpartition(" ")[2]
