"""Records the calls of one function in a process that has imported its module.

`recorder_start.py` executes this once the module is imported. Each process writes its calls to one file, a row each,
and counts their outcomes in another; the tool merges the files of all processes.
"""

import base64
import contextlib
import difflib
import functools
import hashlib
import inspect
import io
import json
import math
import mmap
import os
import pickle
import sys
import threading
import time

JSON, PLAIN, PICKLED = range(3)  # how a call can be written: as JSON, as a pickle that Rust reads, as any pickle
KINDS = ("json", "plain", "pickled")
REPEATED, NESTED, LARGE, UNPICKLABLE, WRONG, SUBCLASS, UNREAD = range(3, 10)  # outcomes of the other calls
COUNTS = 10
DEEPEST = 100, 190  # levels of nesting in JSON and in a pickle that Rust reads
ENCODER = json.JSONEncoder(ensure_ascii=False)
OF_PROGRAM = b"c__main__\n", b"c__mp_main__\n"  # traces in a pickle of classes of the program itself


class TooLarge(Exception):
    """A call is too large to be kept."""


class Refused(Exception):
    """It is not a function that can be wrapped."""


class Recorder:
    """The wrapper of the function, and what it has seen in this process."""

    def __init__(self, write, folder, limit, largest, seconds):
        self.write = write
        self.folder = folder
        self.limit = limit
        self.largest = largest
        self.seconds = seconds
        self.digests = set()
        self.full = False
        self.failed = False
        self.spent = 0.0
        self.begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.begin)
        # The wrapper doubles the frames of a recursion.
        sys.setrecursionlimit(2 * sys.getrecursionlimit())

    def begin(self):
        """Starts counting in this process, which may be the fork of one that has recorded."""
        self.lock = threading.RLock()  # a signal handler may call the function while this thread has the lock
        name = f"{os.getpid()}-{time.time_ns()}.counts"
        try:
            with open(os.path.join(self.folder, name), "w+b") as file:
                file.write(bytes(8 * COUNTS))
                file.flush()
                # Survives a process that is killed, or that closes all its files.
                self.counts = memoryview(mmap.mmap(file.fileno(), 8 * COUNTS)).cast("Q")
        except OSError:  # the tool has ended before this process
            self.counts, self.full = [0] * COUNTS, True

    def wrap(self, module, path):
        """Puts a wrapper in place of the function, under every name that it has by now."""
        owner, name, found = look_up(module, path)
        method = isinstance(found, (classmethod, staticmethod))
        function = found.__func__ if method else found
        if not (inspect.isroutine(function) or hasattr(function, "__wrapped__")) or inspect.isclass(function):
            kind = "a class" if inspect.isclass(function) else "an object of the class " + type(function).__name__
            raise Refused(f"{path} is {kind}; name a function or a method")
        self.signatures = signatures(getattr(owner, name))
        self.owner = owner if isinstance(found, classmethod) else None
        wrapper = self.wrapper(function)
        if not inspect.isclass(owner):
            replace(function, wrapper)
            return
        try:
            setattr(owner, name, type(found)(wrapper) if method else wrapper)
        except TypeError as error:
            raise Refused(f"{path} cannot be wrapped: {error}") from None

    def wrapper(self, function):
        """A function of the same kind that notes each call before it begins."""
        take = self.take
        if inspect.iscoroutinefunction(function):

            async def recorded(*args, **kwargs):
                __tracebackhide__ = True  # pytest does not show this frame
                take(args, kwargs)
                return await function(*args, **kwargs)

        elif inspect.isasyncgenfunction(function):

            async def recorded(*args, **kwargs):
                take(args, kwargs)
                inner = function(*args, **kwargs)
                step = inner.__anext__()
                while True:
                    try:
                        item = await step
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:
                        await inner.aclose()
                        raise
                    except BaseException as error:
                        step = inner.athrow(error)
                    else:
                        step = inner.asend(sent)

        elif inspect.isgeneratorfunction(function):

            def recorded(*args, **kwargs):
                take(args, kwargs)
                return (yield from function(*args, **kwargs))

        else:

            def recorded(*args, **kwargs):
                __tracebackhide__ = True
                take(args, kwargs)
                return function(*args, **kwargs)

        functools.update_wrapper(recorded, function)
        if not inspect.isfunction(function):
            for name in set(dir(function)) - set(dir(recorded)):
                if not name.startswith("_"):  # `cache_clear` of a cache
                    setattr(recorded, name, getattr(function, name))
        return recorded

    def take(self, args, kwargs):
        """Notes a call. Whatever goes wrong here must not reach the program."""
        if self.full:
            outcome = UNREAD
        elif is_nested(sys._getframe(1)):
            outcome = NESTED
        else:
            started = time.perf_counter()
            try:
                outcome = self.keep(args, kwargs)
            except TooLarge:
                outcome = LARGE
            except Exception as error:
                outcome = UNPICKLABLE
                self.fail(error)
            self.spent += time.perf_counter() - started
            self.full = self.full or self.spent >= self.seconds
        with self.lock:
            self.counts[outcome] += 1

    def fail(self, error):
        """Writes down the first reason why a call cannot be pickled."""
        if self.failed:
            return
        self.failed = True
        with contextlib.suppress(Exception):  # a disk that is full, a text that cannot be made
            self.write("failed", "", str(error) or type(error).__name__)

    def keep(self, args, kwargs):
        """Writes a call down unless it is known; returns its outcome."""
        if self.owner is not None:
            if args[0] is not self.owner:
                return SUBCLASS
            args = args[1:]
        call = normal(self.signatures, args, kwargs)
        if call is None:
            return WRONG
        kind, content, line = written(*call, self.largest)
        digest = hashlib.sha256(content).hexdigest()
        with self.lock:
            if digest in self.digests:
                return REPEATED
            if self.full:  # since another thread's call
                return UNREAD
            self.write(KINDS[kind], digest, line)
            self.digests.add(digest)
            self.full = len(self.digests) >= self.limit
        return kind


class Measure:
    """The simplest way to write the values seen so far; stops at those that are too large."""

    def __init__(self, largest):
        self.kind = JSON
        self.left = largest

    def add(self, value, depth=0):
        """Looks at a value and all that is in it."""
        kind = type(value)
        self.left -= 1
        if kind is str:
            self.left -= len(value)
            try:
                value.encode()
            except UnicodeEncodeError:  # half a surrogate pair, which Rust's strings cannot hold
                self.kind = PICKLED
        elif kind is int:
            if not -(1 << 63) <= value < 1 << 64:
                self.need(PLAIN)
                self.left -= value.bit_length() // 8
        elif kind is float:
            if not math.isfinite(value):
                self.need(PLAIN)
        elif kind in (bytes, bytearray):
            self.need(PLAIN)
            self.left -= len(value)
        elif kind in (list, tuple, dict, set, frozenset) and depth < DEEPEST[1]:
            if kind not in (list, dict) or depth >= DEEPEST[0]:
                self.need(PLAIN)
            for item in value:
                if kind is dict and type(item) is not str:
                    self.need(PLAIN)
                self.add(item, depth + 1)
                if kind is dict:
                    self.add(value[item], depth + 1)
        elif value is not None and kind is not bool:
            self.kind = PICKLED
        if self.left < 0:
            raise TooLarge

    def need(self, kind):
        """Rules out simpler ways of writing than this."""
        self.kind = max(self.kind, kind)


def look_up(module, path):
    """The owner of the function, its name there, and the function as it is stored there."""
    owner, found, seen = None, module, module.__name__
    for name in path.split("."):
        owner, found = found, inspect.getattr_static(found, name, Refused)
        if found is Refused:
            close = difflib.get_close_matches(name, dir(owner), 3)
            advice = "; did you mean " + " or ".join(close) + "?" if close else ""
            if not close and hasattr(owner, "__getattr__"):
                advice = " of its own; name the module that defines it"
            raise Refused(f"{seen} has no {name}{advice}")
        seen += "." + name
    return owner, name, found


def replace(function, wrapper):
    """Puts the wrapper into every module that has the function under any name."""
    for module in list(sys.modules.values()):
        try:
            names = object.__getattribute__(module, "__dict__")  # does not trigger modules that load lazily
        except Exception:  # anything can be put among the modules
            continue
        for name, value in list(names.items()):
            if value is function:
                names[name] = wrapper


def signatures(function):
    """The signatures to try in turn, with their defaults: a decorator may add arguments to those that it is given."""
    options = {}
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        options["annotation_format"] = Format.FORWARDREF  # they may name what only type checkers import
    found = []
    for follow in (True, False):
        with contextlib.suppress(TypeError, ValueError):  # something in C that has none
            signature = inspect.signature(function, follow_wrapped=follow, **options)
            defaults = [one for one in signature.parameters.values() if one.default is not one.empty]
            found.append((signature, defaults))
    return found


def normal(signatures, args, kwargs):
    """The call in the order of the signature, with plain defaults filled in; None when the arguments do not fit."""
    for signature, defaults in signatures:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            continue
        for one in defaults:
            if one.name not in bound.arguments:
                measure = Measure(math.inf)
                measure.add(one.default)
                if measure.kind != PICKLED:  # otherwise it may be a sentinel, which differs in another process
                    bound.arguments[one.name] = one.default
        return bound.args, bound.kwargs
    return None if signatures else (args, kwargs)


def is_nested(frame):
    """Whether another call of the function goes on below this one, on the stack of this thread."""
    code, frame = frame.f_code, frame.f_back
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False


def written(args, kwargs, largest):
    """How a call is written, its content to tell calls apart by, and its line."""
    measure = Measure(largest)
    for value in (*args, *kwargs, *kwargs.values()):
        measure.add(value)
    if measure.kind == JSON:
        line = ENCODER.encode({"args": args, "kwargs": kwargs} if kwargs else {"args": args})
        return JSON, line.encode(), line
    data = pickle.dumps((args, kwargs), 3)
    if len(data) > largest:
        raise TooLarge
    if any(mark in data for mark in OF_PROGRAM):
        raise pickle.PicklingError("its class is in the program itself (__main__), from which nothing can be imported")
    content = without_memo((args, kwargs)) if measure.kind == PLAIN else data
    return measure.kind, content, json.dumps({"pickle": base64.b64encode(data).decode()})


def without_memo(call):
    """A pickle that is the same for equal calls, whichever of their parts share one object."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, 3)
    pickler.fast = True
    pickler.dump(call)
    return out.getvalue()
