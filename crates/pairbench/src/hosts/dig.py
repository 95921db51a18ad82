"""Runs a pair on one small input after the other, and watches which lines of its Python side they reach.

A session loads this when the harness digs for inputs on which two variants differ. It sees the names of `worker.py`.
"""

import atexit
import contextlib
import functools
import gc
import os
import pickle
import re
import reprlib
import signal
import sys
import time
import types

TOOL = 4  # identifier in `sys.monitoring`, which has six and gives names to four of the others
LONGEST = 64  # characters of a constant
MOST = 500  # constants
LARGEST_ANSWER = 1 << 20  # bytes of a pickle; comparing and showing more takes longer than it is worth
PIECES = re.compile(r"[\w ]{2,}|[-/:=,;@%&#\"']")  # the parts of a pattern that a matching text has to hold


class TooSlow(BaseException):
    """A call has taken more time than an input is worth."""


def stop_waiting(_number, _frame):
    """Ends the current call."""
    raise TooSlow


class Lines:
    """The lines of the pair's own code that were reached, and all lines of its functions that were called."""

    def __init__(self, session):
        self.standard = os.path.realpath(os.path.dirname(os.__file__)) + os.sep
        own = [name for name in vars(session.module) if not name.startswith("__")]
        functions = [getattr(session.module, name, None) for name in own]
        named = {getattr(one, "__module__", None) or "" for one in functions} | {session.module.__name__}
        self.packages = {name.partition(".")[0] for name in named}
        self.left = {}
        self.reached = self.all = 0
        self.new = False
        self.monitoring = getattr(sys, "monitoring", None)
        if self.monitoring is not None:
            try:
                self.monitoring.use_tool_id(TOOL, "pairbench")
            except ValueError:
                self.monitoring = None
            else:
                self.monitoring.register_callback(TOOL, self.monitoring.events.LINE, self.line)
                self.monitoring.set_events(TOOL, self.monitoring.events.LINE)

    def counts(self, code):
        """Whether a function belongs to the pair, not to the standard library, another package or the harness."""
        file = code.co_filename
        made = os.path.basename(file).startswith("pairbench_pair_")  # a module that finds the functions that were named
        if made or file == __file__ or file.startswith("<"):
            return False
        file = os.path.realpath(file)
        for folder in ("site-packages", "dist-packages"):
            _, found, inner = file.rpartition(folder + os.sep)
            if found:
                return inner.partition(os.sep)[0].partition(".")[0] in self.packages
        return not file.startswith(self.standard)

    def of(self, code):
        """The lines of a function that have not been reached yet."""
        left = self.left.get(code)
        if left is None:
            left = self.left[code] = set(lines_of(code)) if self.counts(code) else set()
            self.all += len(left)
        return left

    def line(self, code, number):
        """Called by `sys.monitoring`, once for each line."""
        self.reach(self.of(code), number)
        return self.monitoring.DISABLE

    def reach(self, left, number):
        """Notes a line if it had not been reached yet."""
        if number in left:
            left.discard(number)
            self.reached += 1
            self.new = True

    def trace(self, frame, event, _argument):
        """For interpreters without `sys.monitoring`; a function whose lines were all reached costs only its call."""
        left = self.of(frame.f_code)
        if event == "line":
            self.reach(left, frame.f_lineno)
        return self.trace if left else None


def lines_of(code):
    """The line numbers of a function, without that of `def`, which importing reaches."""
    if hasattr(code, "co_lines"):
        numbers = {line for _, _, line in code.co_lines() if line}
    else:
        import dis

        numbers = {line for _, line in dis.findlinestarts(code)}
    return numbers - {code.co_firstlineno}


class Dig:
    """Serves attempts for a session."""

    def __init__(self, session):
        self.session = session
        self.lines = Lines(session)
        self.ready = {}
        atexit.register(self.close)
        self.limited = hasattr(signal, "setitimer")
        if self.limited:
            signal.signal(signal.SIGALRM, stop_waiting)
        # Nobody reads what pairs print at thousands of inputs a second.
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, for the rest of the process
        os.dup2(sys.stdout.fileno(), 1)

    def constants(self):
        """The constants in the pair's code and those of its modules, each as a pickle: inputs that it may look for."""
        found = {}
        for one in gc.get_objects():
            if isinstance(one, types.FunctionType) and self.lines.counts(one.__code__):
                # A function's docstring is its first constant.
                self.gather([value for value in one.__code__.co_consts if value != one.__doc__], found)
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in self.lines.packages:
                values = [value for key, value in list(vars(module).items()) if not key.startswith("__")]
                self.gather(values, found)
        if hasattr(gc, "freeze"):
            # Large modules are not garbage, and scanning them again and again takes longer than the calls.
            gc.freeze()
        return [pickle.dumps(value, PICKLE) for value in list(found.values())[:MOST]]

    def gather(self, values, found, depth=2):
        """Adds the numbers and short texts among these values, including those in code and in small tables."""
        for value in values:
            kind = type(value)
            if (kind in (str, bytes) and 0 < len(value) <= LONGEST) or kind in (int, float):
                found[kind, repr(value)] = value
            elif isinstance(value, re.Pattern):
                self.gather(PIECES.findall(value.pattern) if isinstance(value.pattern, str) else (), found)
            elif isinstance(value, types.CodeType):
                self.gather(value.co_consts, found)
            elif depth and kind in (list, tuple, set, frozenset, dict) and len(value) <= MOST:
                self.gather([*value, *(value.values() if kind is dict else ())], found, depth - 1)

    def setup(self, variant, module, name):
        """The set-up of a variant; one that takes nothing from the input runs once, as for all calls of a case."""
        setup = getattr(module, "setup_" + name, None)
        with contextlib.suppress(TypeError, ValueError):  # a C function without a signature
            if setup is None or signature_of(setup).parameters:
                return setup
        if variant not in self.ready:
            stack = contextlib.ExitStack()
            again = functools.partial(contextlib.nullcontext, stack.enter_context(setup()))
            self.ready[variant] = stack, again
        return self.ready[variant][1]

    def close(self, variants=None):
        """Tears down what was set up for these variants, or for all; a call that raised may have left it half done."""
        for variant in variants or list(self.ready):
            if variant in self.ready:
                self.ready.pop(variant)[0].close()

    def attempt(self, variant, input, form, limit, watched):
        """Calls a variant once on its own input; returns the outcome, and how long it took without the set-up."""
        lines = self.lines
        lines.new, tracing = False, watched and lines.monitoring is None
        opened, ns, call = None, 0, None
        try:
            if self.limited and limit:
                signal.setitimer(signal.ITIMER_REAL, limit)
            module, name = self.session.place(variant)
            opened = Opened(getattr(module, name), self.setup(variant, module, name), pickle.loads(input), form)
            before, call = pickle.dumps(opened.value, PICKLE), opened.call
            if tracing:
                sys.settrace(lines.trace)
            started = time.perf_counter_ns()
            try:
                answer = call()
            finally:
                ns = time.perf_counter_ns() - started
                if tracing:
                    sys.settrace(None)
            if self.limited:
                signal.setitimer(signal.ITIMER_REAL, 0)
            came = {"output": pickle.dumps(plain(answer, "the answer"), PICKLE)}
            if len(came["output"]) > LARGEST_ANSWER:
                raise MemoryError
            if is_changed(opened.value, before):
                was, now = reprlib.repr(pickle.loads(before)), reprlib.repr(opened.value)
                came = {"changed": f"{was} became {now}"}
        except (TooSlow, MemoryError) as error:
            came = {"gives_up": type(error).__name__}
        except BaseException as error:
            came = outcome(error, call is None)
        finally:
            if self.limited:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if opened is not None:
                opened.stack.close()
            if "output" not in came:
                self.close([variant])
        came.update(ns=ns, new=lines.new, lines=[lines.reached, lines.all])
        return came


def is_changed(value, before):
    """Whether a value differs from what was pickled; an equal object in place of another is no change."""
    try:
        if pickle.dumps(value, PICKLE) == before:
            return False
    except Exception:
        return True  # it now holds something that cannot be pickled
    return picture(value) != picture(pickle.loads(before))


def outcome(error, early):
    """The outcome for an error: an answer that cannot be compared, a panic of Rust code, or an exception."""
    if isinstance(error, NotPlain):
        return {"odd": str(error)}
    if isinstance(error, Declaration) or early:
        # The input never reached the function.
        return {"gives_up": f"{type(error).__name__}: {error}"}
    text = str(error)[:500].encode("utf-8", "backslashreplace").decode()
    if type(error).__name__ == "PanicException":
        return {"panic": text}
    return {"raised": [type(error).__qualname__, text]}
