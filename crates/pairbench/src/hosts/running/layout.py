"""Where CPython keeps its threads, and the names of its code.

A worker that runs a program loads this after `workload.py`. A worker with the same executable as a running process
loads it as the Python file of a pair. It searches its own memory for values that it knows about itself; the offsets
that it finds hold for the other process as well.
"""

import dis
import functools
import operator
import os
import sys
import threading
import types

THREADS = 3  # started one after the other, so that each becomes the head of their list
SEARCHED = 1 << 15  # bytes of a structure
OF_A_THREAD = 1 << 10
OF_A_PTHREAD = 1 << 12


class Sample:
    """Code whose name, qualified name and line are known, and are not the same."""

    def method(self):
        """One line further down."""

    @staticmethod
    def static():
        """And another."""


def layout(_):
    """All offsets: in words of 8 bytes, or in bytes for smaller fields."""
    return {
        **threads(),
        "code_type": id(types.CodeType),
        "code": code(),
        "text": text(),
        "operations": list(getattr(dis, "_all_opname", dis.opname)),
        "library": os.path.dirname(os.__file__),
        "folder": os.path.dirname(os.path.abspath(__file__)),
    }


def peek(address, size):
    """The bytes at an address; fewer or none if less is mapped."""
    # Unlike ctypes, the system survives any address.
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        try:
            return os.pread(memory.fileno(), size, address) if address < 1 << 63 else b""
        except OSError:
            return b""


def words(address, size, form="Q"):
    """The same bytes as numbers."""
    found = peek(address, size)
    return memoryview(found[: len(found) // 8 * 8]).cast(form).tolist()


def places(numbers, wanted):
    """The positions of a number among these."""
    return {at for at, number in enumerate(numbers) if number == wanted}


def ask(function, *arguments):
    """An address from a function of the C API."""
    import ctypes  # not every interpreter has it

    called = getattr(ctypes.pythonapi, function)
    called.restype, called.argtypes = ctypes.c_void_p, [ctypes.c_void_p] * len(arguments)
    return called(*arguments) or 0


def threads():
    """The offsets from the runtime to the states of all threads, and from there to the system's thread numbers."""
    import ctypes

    numbers, over = {}, threading.Event()

    def wait():
        numbers[ask("PyThreadState_Get")] = threading.get_native_id()
        noted.set()
        over.wait()

    numbers[ask("PyThreadState_Get")] = threading.get_native_id()
    runtime = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    interpreter = ask("PyInterpreterState_Main")
    started, heads = [], []
    for _ in range(THREADS):
        noted = threading.Event()
        started.append(threading.Thread(target=wait, daemon=True))
        started[-1].start()
        noted.wait()
        head = ask("PyInterpreterState_ThreadHead", interpreter)
        heads.append(places(words(interpreter, SEARCHED), head))
    states = [head]
    while states[-1]:
        states.append(ask("PyThreadState_Next", states[-1]))
    links = zip(states, states[1:])
    direct = [places(words(state, OF_A_THREAD), number) for state, number in numbers.items()]
    numbered = {(word,) for word in set.intersection(*direct)}
    if not numbered:  # before 3.11
        numbered = set.intersection(*[behind(state, number) for state, number in numbers.items()])
    found = {
        "runtime": runtime,
        "interpreter": sorted(places(words(runtime, SEARCHED), interpreter)),
        "head": min(set.intersection(*heads)),
        "next": min(set.intersection(*[places(words(state, OF_A_THREAD), after) for state, after in links])),
        "number": min(numbered, default=()),
    }
    over.set()
    for thread in started:
        thread.join()
    return found


def behind(state, number):
    """The offsets of the thread's number in structures of the C library that the state points to."""
    return {
        (word, at * 4)
        for word, address in enumerate(words(state, OF_A_THREAD))
        for at in places(words(address, OF_A_PTHREAD, "I"), number)
    }


def code():
    """The offsets of a code object's names and first line."""
    known = [function.__code__ for function in (Sample.method, Sample.static, threads, words)]

    def common(value, form="Q"):
        size = types.CodeType.__basicsize__
        found = [places(words(id(one), size, form), value(one)) for one in known]
        return min(set.intersection(*found), default=None)

    return {
        "name": common(lambda one: id(one.co_name)),
        "qualified": common(lambda one: id(one.co_qualname)) if sys.version_info >= (3, 11) else None,
        "file": common(lambda one: id(one.co_filename)),
        "line": common(lambda one: one.co_firstlineno, "I") * 4,
    }


def text():
    """The offsets of a string's length, of the byte with its kind, and of its characters."""
    letters, encodings = ("q", "\xe9", "\u20ac", "\U0001f40d"), ("ascii", "latin-1", "utf-16-le", "utf-32-le")
    samples = [["".join([letter, *"0123456789", str(at), letter]) for at in range(10, 99)] for letter in letters]
    firsts = [same[0] for same in samples]
    starts = [peek(id(one), 128).find(one.encode(encoding)) for one, encoding in zip(firsts, encodings)]
    # The bytes after the kind are uninitialised: only what all samples have in common counts.
    bytes_of = [list(zip(*[peek(id(one), min(starts)) for one in same])) for same in samples]
    kind = next(
        at
        for at in range(16, min(starts))  # after what every object has
        if len({same[at][0] for same in bytes_of}) == len(letters) and all(len(set(same[at])) == 1 for same in bytes_of)
    )
    values = [same[kind][0] for same in bytes_of]
    mask = functools.reduce(operator.or_, [value ^ values[0] for value in values])
    return {
        "length": words(id(firsts[0]), 64).index(len(firsts[0])) * 8,
        "kind": kind,
        "mask": mask,
        "kinds": list(zip([value & mask for value in values], (1, 1, 2, 4), starts)),
    }
