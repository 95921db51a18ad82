"""What the harness has to know to read, from outside, which functions a thread of CPython is in, and their names.

Taken in by a session when the harness asks for a profile. Nothing here runs while anything is sampled.
"""

import ctypes
import dis
import gc
import os
import signal
import sys
import types

# Until 3.11 these are functions of their own, called at once by the one that they stand in; from 3.12 on
# they are a part of it. So they are a part of it here.
INLINED = ("<dictcomp>", "<listcomp>", "<setcomp>")

# Instructions that call functions of Python and nothing else, from 3.13 on.
PYTHON_CALLS = ("CALL_PY", "CALL_BOUND_METHOD", "CALL_KW_PY", "CALL_KW_BOUND_METHOD")


def facts():
    """Where the state of this thread lies, and the type of code objects."""
    if sys.implementation.name != "cpython":
        raise NotImplementedError(f"profiles need CPython, and this is {sys.implementation.name}")
    state = ctypes.pythonapi.PyThreadState_Get
    state.restype, state.argtypes = ctypes.c_void_p, ()
    # From 3.11 on a frame points to its instruction, in bytecode that lies at the end of the code object.
    bytecode = (types.CodeType.__basicsize__, len(rest.__code__.co_code)) if sys.version_info >= (3, 11) else None
    return {"state": state(), "code_type": id(types.CodeType), "bytecode": bytecode}


def rest():
    """Stops this process until somebody lets it go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def below():
    """Rests one call deeper."""
    rest()


def beyond(_):
    """Rests below a function of C."""
    below()
    return 0


def stand():
    """Rests in three places."""
    rest()
    below()
    sorted((0,), key=beyond)


def places():
    """These, each as its innermost functions from the inside out."""
    all_places = (rest, stand), (rest, below, stand), (rest, below, beyond, stand)
    return [[id(function.__code__) for function in place] for place in all_places]


def names(addresses, path, loop, own):
    """What to call the code at each address, and the line on which it begins.

    The name stands after the module where that is not `own`. The harness's own code is what stands in the
    file `path`, and `loop` is that which calls the pair. Code of no function that still lives (3.12 has some
    of its own, and there is `eval`) counts for its caller, as functions of C do.
    """
    wanted = set(addresses)
    known = {}
    if hasattr(gc, "unfreeze"):
        gc.unfreeze()  # what is frozen is not listed
    functions = [item for item in gc.get_objects() if type(item) is types.FunctionType]
    # Functions before the code inside of them, because they know their names best.
    for function in functions:
        code = function.__code__
        if id(code) in wanted:
            known[id(code)] = label(code, function.__qualname__, function.__globals__, own)
        if code.co_filename == path:
            known[id(code)] = label(code, code.co_name, {}, own, "loop" if code is loop else "harness")
    for function in functions:
        for code, name in inside(function.__code__, function.__qualname__):
            if id(code) in wanted and id(code) not in known:
                known[id(code)] = label(code, name, function.__globals__, own)
    # A dict of its own for each: the other side reads no message that has one object twice.
    return [known.get(address) or {"owner": "inlined", "name": "", "line": 0} for address in addresses]


def inside(code, name):
    """The code of all functions inside of a function, with their qualified names."""
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            below = f"{name}.<locals>.{constant.co_name}"
            yield constant, below
            yield from inside(constant, below)


def label(code, name, namespace, own, owner="pair"):
    """The name of a function as a reader of its source would look for it."""
    # A decorated function may bear the name of the one that it wraps; its code does not.
    name = getattr(code, "co_qualname", name)
    if name.rpartition(".")[2] != code.co_name:
        name = code.co_name
    module = namespace.get("__name__", "?")
    return {
        "owner": "inlined" if code.co_name in INLINED else owner,
        "name": name if module == own else f"{module}:{name}",
        "line": code.co_firstlineno,
        "calls": calls(code),
    }


def calls(code):
    """Where a frame of this code points while it calls a function of Python with no C between.

    In bytes from the start of the bytecode; none where that is not known.
    """
    if sys.version_info < (3, 11):
        return []
    listed = list(dis.get_instructions(code, adaptive=True))
    if sys.version_info < (3, 13):
        # Then it points to the last cache of the instruction, in a call of C to the instruction itself.
        pairs = zip(listed, listed[1:])
        ends = [(one.offset, after.offset - 2) for one, after in pairs if one.opname.startswith("CALL")]
        return [last for first, last in ends if last > first]
    return [one.offset for one in listed if one.opname.startswith(PYTHON_CALLS)]
