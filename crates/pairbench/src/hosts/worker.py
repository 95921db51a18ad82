"""Runs the Python side of a pair: imports its module, calls its functions, times them.

Run as a program, this is the worker: it serves requests on its own pipe. The bench process uses the same `Session`
directly, so that both hosts do the same things. A message is its length, the complement of that (four bytes each,
little-endian; they distinguish a message from noise on the pipe) and a pickle.
Works on Python 3.8 and newer with the standard library alone. `plain.py` is prepended to it.
"""

import contextlib
import functools
import gc
import importlib
import importlib.machinery
import itertools
import os
import pickle
import reprlib
import struct
import sys
import time
import types

try:
    import resource
except ImportError:  # Windows has none
    resource = None

PROTOCOL = 5
PICKLE = 3  # the newest protocol that the other side writes; it reads all of them
LARGEST = 1 << 30  # the most bytes that the other side reads in a message
MYPYC = "mypyc"  # the variant that is the same file, compiled
LATENCIES = "latencies_"  # prefix of a variant's name: the function that times its requests


class Opened:
    """A variant on its own input, with its resources set up."""

    def __init__(self, function, setup, value, form):
        calls = calls_of(value, form)
        if form in ("call", "calls"):
            value = calls
        self.value = value
        self.before = None
        self.stack = contextlib.ExitStack()
        positional, named = ((), {}) if setup is None else wanted(setup, value)
        started = time.perf_counter_ns()
        resources = () if setup is None else (self.stack.enter_context(setup(*positional, **named)),)
        self.setup_ns = 0 if setup is None else time.perf_counter_ns() - started
        bound = []
        for positional, named in calls:
            odd = [name for name in named if not (isinstance(name, str) and name.isidentifier())]
            if odd:
                raise Declaration(
                    f"the input is a map with the key {odd[0]!r}, which cannot name an argument of "
                    f"{function.__name__}(); make the input a struct with a field that holds the map"
                )
            self.positional, self.named = (*resources, *positional), named
            if not bound:
                fits(function, self.positional, self.named)
            bound.append(functools.partial(function, *self.positional, **self.named))
        self.function, self.call = function, bound[0]
        if form in ("each", "calls"):
            self.call = self.function = functools.partial(call_all, bound)
            self.positional, self.named = (), {}


def call_all(calls):
    """Returns the answers of all these calls; `describe` finds the one that raised by the name `each_call`."""
    return [each_call() for each_call in calls]


def picture(value):
    """A pickle that shows whether the arguments of a call were changed."""
    with contextlib.suppress(NotPlain):  # Python's own types are pickled as they are
        value = plain(value, "the input", convert=False)
    return pickle.dumps(value, PICKLE)


class Session:
    """One pair's module and the variants that are open on it."""

    def __init__(self):
        self.module = None
        self.broken = {}
        self.counter = None
        self.watch = None
        self.dig = None
        self.serves = False
        self.frames = types.ModuleType("pairbench_frames")
        self.opened = {}
        self.handles = itertools.count(1)

    def load(self, root, module, file, extension_dir, made=(), requires=(), needs=(), watch=None):
        """Imports the pair's module under its real name, so that its functions can be pickled.

        A module that some variants require may be installed and fail to load (NumPy on a CPU that it was not built
        for). Then it counts as missing, so that the variants that do without it are measured.

        If a module that all variants need (`needs`) is missing, the pair's module is not loaded.

        If `watch` is a program that watches for deprecations, all warnings from now on are noted.
        """
        if watch is not None:
            watching = types.ModuleType("pairbench_deprecations")
            exec(compile(watch, __file__, "exec"), watching.__dict__)
            self.watch = watching.Watch(self, root)
        packages = [place for place, folder in enumerate(sys.path) if "-packages" in folder]
        place = packages[0] if packages else len(sys.path)
        sys.path[place:place] = made
        if extension_dir:
            sys.path.append(extension_dir)
        sys.path.insert(0, root)
        try:
            try:
                self.module = importlib.import_module(module)
            except ImportError as error:
                if error.name not in needs:
                    raise
                return PROTOCOL  # the whole pair is skipped
            except Exception:
                self.broken = {name: error for name, error in map(failing, requires) if error}
                if not self.broken:
                    raise
                sys.modules.update(dict.fromkeys(self.broken))
                self.module = importlib.import_module(module)
        except ModuleNotFoundError as error:
            top = module.partition(".")[0]
            if not f"{module}.".startswith(f"{error.name}.") or not os.path.exists(file):
                raise
            raise Declaration(f"{file} is hidden by {hiding(top, root)}") from None
        found = os.path.realpath(self.module.__file__ or "")
        if found != os.path.realpath(file):
            raise Declaration(
                f"importing {module!r} gave {found} instead of {file}: another module has that name; rename the pair"
            )
        return PROTOCOL

    def missing(self, modules):
        """The modules that cannot be imported, with the reasons, and the versions of the others."""
        missing, versions, debug = [], [], []
        for name in modules:
            try:
                found = importlib.import_module(name)
            except Exception as error:
                error = self.broken.get(name, error)
                missing.append((name, f"{type(error).__name__}: {error}"))
            else:
                versions.append((name, str(vars(found).get("__version__", ""))))
                debug += debug_modules(name)
        return {"missing": missing, "versions": versions, "debug": sorted(set(debug))}

    def altered(self):
        """What currently alters the speed of the interpreter, one phrase for each cause."""
        return altered()

    def versions(self):
        """The libraries that the Python side declares in its file; none if it declares none."""
        tell = getattr(self.module, "versions", dict)
        found = tell()
        if not isinstance(found, dict):
            raise Declaration(f"versions() of {self.module.__file__} returns no dict of names and versions")
        return [(str(name), str(version)) for name, version in found.items()]

    def place(self, variant):
        """The module that has a variant's function, and the function's name there."""
        if variant == MYPYC and not hasattr(self.module, variant):
            return importlib.import_module("pairbench_compiled"), "python"
        return self.module, variant

    def open(self, variant, input, form="one"):
        """Sets a variant up on an input; returns its handle and how long the set-up took."""
        module, name = self.place(variant)
        function = getattr(module, name, None)
        if not callable(function):
            raise Declaration(f"{self.module.__file__} has no function {variant!r}")
        # The function that times a variant's requests needs the same set-up as the variant itself.
        owner = name[len(LATENCIES) :] if name.startswith(LATENCIES) else name
        opened = Opened(function, getattr(module, "setup_" + owner, None), pickle.loads(input), form)
        if form in ("call", "calls"):
            opened.before = input, [picture(call) for call in opened.value]
        handle = next(self.handles)
        self.opened[handle] = opened
        return {"handle": handle, "setup_ns": opened.setup_ns}

    def deprecations(self):
        """The deprecation warnings since the last request; none if nothing watches for them."""
        return [] if self.watch is None else self.watch.take()

    def settle(self):
        """Takes garbage and all long-lived objects out of the collector's way. The collector itself stays on."""
        gc.collect()
        if hasattr(gc, "freeze"):  # PyPy has none
            gc.freeze()
        return True

    def call(self, handle):
        """Calls once; returns the nanoseconds, and pickles of the answer and of the input after the call."""
        opened = self.opened[handle]
        started = time.perf_counter_ns()
        answer = opened.call()
        ns = time.perf_counter_ns() - started
        answer = plain(answer, "the answer")
        if opened.before is not None:
            input, pictures = opened.before
            for at, (call, before) in enumerate(zip(opened.value, pictures)):
                if picture(call) != before:
                    was, now = reprlib.repr(pickle.loads(before)), reprlib.repr(call)
                    raise Changed(f"the arguments of call {at + 1}: {was} became {now}")
            return {"ns": ns, "output": pickle.dumps(answer, PICKLE), "input": input}
        try:
            value = plain(opened.value, "the input", convert=False)
        except NotPlain as error:
            raise Changed(str(error)) from None
        return {"ns": ns, "output": pickle.dumps(answer, PICKLE), "input": pickle.dumps(value, PICKLE)}

    def time(self, handle, calls):
        """Times the calls, including the freeing of results: nanoseconds of wall time and of CPU time."""
        call = self.opened[handle].call
        rounds = itertools.repeat(None, calls)
        clock, cpu = time.perf_counter_ns, time.process_time_ns
        by_children = children_cpu_ns()
        used = cpu()
        started = clock()
        for _ in rounds:
            call()
        ended = clock()
        used = cpu() - used  # before anything else is done
        return ended - started, used + children_cpu_ns() - by_children

    def collect(self, handle, calls):
        """Calls this many times and watches the garbage collector.

        Returns the nanoseconds that the calls took, the number of collections during them, and the nanoseconds that
        these took. The last two are None if the interpreter does not report them.
        """
        call = self.opened[handle].call
        clock = time.perf_counter_ns
        begun, number, collecting = None, 0, 0

        def watch(phase, info):
            nonlocal begun, number, collecting
            if phase == "start":
                begun = clock()
            elif begun is not None:
                number, collecting, begun = number + 1, collecting + clock() - begun, None

        watchers = getattr(gc, "callbacks", None)  # PyPy has none
        if watchers is not None:
            watchers.append(watch)
        started = clock()
        try:
            for _ in range(calls):
                call()
            ns = clock() - started
        finally:
            if watchers is not None:
                watchers.remove(watch)
        if watchers is None:
            number = collecting = None
        return {"ns": ns, "collections": number, "collecting_ns": collecting}

    def start_counting(self):
        """Counts all allocations from now on. The extension module must be the counting build."""
        self.counter = importlib.import_module("pairbench_native")._counting
        self.counter.install()
        return True

    def count(self, handle, calls):
        """What each of this many warm calls requests from the allocators."""
        opened = self.opened[handle]
        return self.counter.count(opened.function, opened.positional, opened.named, calls)

    def count_rust(self, pair, variant, size, seed, calls):
        """The same for a Rust variant, which runs inside the extension module."""
        counter = importlib.import_module("pairbench_native")._counting
        return counter.count_rust(pair, variant, size, seed, calls)

    def learn(self, program):
        """Loads what the harness needs to read this process from outside; returns the addresses to start from."""
        exec(compile(program, __file__, "exec"), self.frames.__dict__)
        return self.frames.facts()

    def places(self):
        """The functions that it will be in at each stop of `stand`."""
        return self.frames.places()

    def stand(self):
        """Stops this process in each of these places until the harness continues it."""
        self.frames.stand()
        return True

    def repeat(self, handle, seconds):
        """Calls repeatedly for this many seconds; returns the number of calls."""
        call, clock = self.opened[handle].call, time.perf_counter
        calls, batch, end = 0, 1, clock() + seconds
        while calls == 0 or clock() < end:
            started = clock()
            for _ in itertools.repeat(None, batch):
                call()
            calls += batch
            if clock() - started < 0.001:
                batch *= 2
        return calls

    def names(self, codes):
        """The names and owners of the code at these addresses."""
        loop = self.repeat.__func__.__code__
        return self.frames.names(codes, __file__, loop, self.module.__name__)

    def start_dig(self, program):
        """Loads the program that runs input after input; returns the constants of the pair's code, as pickles."""
        digging = types.ModuleType("pairbench_dig")
        digging.__dict__.update(globals())
        exec(compile(program, __file__, "exec"), digging.__dict__)
        self.dig = digging.Dig(self)
        return self.dig.constants()

    def attempt(self, **fields):
        """Calls a variant once on an input; see `dig.py`."""
        return self.dig.attempt(**fields)

    def serve(self, variant, port, settings):
        """Becomes the server of a variant for the rest of this process: a return is a fault, like an exception."""
        self.serves = True
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # for the processes that servers start
        module, name = self.place("serve_" + variant)
        function = getattr(module, name, None)
        if not callable(function):
            raise Declaration(f"{self.module.__file__} has no function {name!r}")
        function(port, settings)
        raise Declaration(f"{name}() returned; a server goes on until it is stopped")

    def consult(self, function, argument):
        """What a function of the pair's module returns for a value, both as JSON; for the harness's own modules."""
        import json

        return json.dumps(getattr(self.module, function)(json.loads(argument)))

    def close(self, handle):
        """Tears down what the set-up created."""
        self.opened.pop(handle).stack.close()
        if hasattr(gc, "unfreeze"):
            gc.unfreeze()
        return True

    def reply(self, message):
        """Answers one pickled request with one pickled reply; any error is part of the reply."""
        try:
            request = pickle.loads(message)
            result = getattr(self, request.pop("op"))(**request)
            return pickle.dumps({"ok": result}, PICKLE)
        except BaseException as error:
            return pickle.dumps({"fault": fault_of(error)}, PICKLE)


def children_cpu_ns():
    """CPU time of the child processes: those that have ended and were waited for, and on Linux those that are alive."""
    alive = sum(map(cpu_ns_of, descendants("self")))
    if resource is None:
        return alive
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return alive + round((ended.ru_utime + ended.ru_stime) * 1e9)


def cpu_ns_of(process):
    """CPU time of another process over all its threads; zero once it is gone."""
    try:
        return time.clock_gettime_ns(~process << 3 | 2)  # its clock, as Linux numbers them: clock_getcpuclockid(3)
    except OSError:
        return 0


def descendants(process):
    """All descendants of a process; none if the system does not list them."""
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children") as file:
                for child in file.read().split():
                    yield int(child)
                    yield from descendants(child)
    except OSError:
        return  # no Linux, or the process or thread is gone


def failing(name):
    """The name of a module, and the error that its import raises; None if it loads or is not installed."""
    try:
        importlib.import_module(name)
    except ImportError:
        pass
    except Exception as error:
        return name, error
    return name, None


def debug_modules(name):
    """The loaded modules of this one's package that are Rust with debug assertions, by texts only such builds hold."""
    top = name.partition(".")[0]
    found = []
    for known, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) if known.partition(".")[0] == top else None
        if not isinstance(file, str) or not file.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)):
            continue
        with contextlib.suppress(OSError), open(file, "rb") as binary:
            content = binary.read()
            if b"unsafe precondition(s) violated" in content or b"attempt to add with overflow" in content:
                found.append(known)
    return found


def hiding(top, root):
    """The module that hides a folder of pairs by its name, and what to do about it."""
    where = getattr(sys.modules.get(top), "__file__", None) or ""
    library = os.path.dirname(os.__file__)
    if not where or (where.startswith(library) and "-packages" not in where):
        return f"Python's own module {top!r}; rename the folder {top!r} on both sides"
    empty = os.path.join(root, top, "__init__.py")
    return f"the installed package {top!r} ({where}); make an empty file {empty}, so that the folder comes first"


def pipes():
    """The pipes for requests and replies: for this process alone, not inherited."""
    numbers = [int(number) for number in sys.argv[1:]]
    del sys.argv[1:]
    for number in numbers:
        os.set_inheritable(number, False)
    if not numbers:
        # On Windows, the standard streams; the pair's own code reads nothing and prints to standard error.
        numbers = [os.dup(0), os.dup(1)]
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
    return os.fdopen(numbers[0], "rb"), os.fdopen(numbers[1], "wb")


def serve(requests, replies):
    """Serves requests until the other side closes the pipe."""
    session = Session()
    while True:
        head = requests.read(8)
        if len(head) < 8:
            break
        length, complement = struct.unpack("<II", head)
        if length ^ complement != 0xFFFFFFFF:
            sys.exit(f"{head!r} on the worker's pipe is not the head of a message")
        request = requests.read(length)
        if len(request) < length:
            break
        message = session.reply(request)
        if len(message) > LARGEST:
            text = f"answer and input take {len(message):,} bytes; the harness reads up to {LARGEST:,}"
            message = pickle.dumps({"fault": {"kind": "answer", "message": text}}, PICKLE)
        replies.write(struct.pack("<II", len(message), len(message) ^ 0xFFFFFFFF) + message)
        replies.flush()
        if session.serves:
            break
    for opened in session.opened.values():
        opened.stack.close()


if __name__ == "__main__":
    import faulthandler
    import signal

    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor ends a run
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # nothing may be imported from this folder
    serve(*pipes())
