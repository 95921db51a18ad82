"""What the harness needs in order to read from outside which functions a CPython thread is in, and their names.

A session loads this when the harness takes a profile. Nothing here runs while anything is sampled.
"""

import ctypes
import dis
import gc
import os
import signal
import sys
import types

# Up to 3.11 these are separate functions, called at once by the enclosing one; from 3.12 on they are part of it.
# Here they always count as part of it.
INLINED = ("<dictcomp>", "<listcomp>", "<setcomp>")

# Instructions that call Python functions only, from 3.13 on.
PYTHON_CALLS = ("CALL_PY", "CALL_BOUND_METHOD", "CALL_KW_PY", "CALL_KW_BOUND_METHOD")


def facts():
    """The addresses of this thread's state and of the type of code objects, and where bytecode lies."""
    if sys.implementation.name != "cpython":
        raise NotImplementedError(f"profiles need CPython, and this is {sys.implementation.name}")
    state = ctypes.pythonapi.PyThreadState_Get
    state.restype, state.argtypes = ctypes.c_void_p, ()
    # From 3.11 on a frame points to its instruction, in bytecode that lies at the end of the code object.
    bytecode = (types.CodeType.__basicsize__, len(rest.__code__.co_code)) if sys.version_info >= (3, 11) else None
    return {"state": state(), "code_type": id(types.CodeType), "bytecode": bytecode}


def rest():
    """Stops this process until the harness continues it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def below():
    """Rests one call deeper."""
    rest()


def beyond(_):
    """Rests below a C function."""
    below()
    return 0


def stand():
    """Rests in three places."""
    rest()
    below()
    sorted((0,), key=beyond)


def places():
    """The places of `stand`, each as its innermost functions from the inside out."""
    all_places = (rest, stand), (rest, below, stand), (rest, below, beyond, stand)
    return [[id(function.__code__) for function in place] for place in all_places]


def names(addresses, path, loop, own):
    """The name of the code at each address, and its first line.

    The name follows the module if that is not `own`. Code in the file `path` is the harness's own, and `loop`
    is the code that calls the pair. Code of no living function (3.12 has some of its own, and there is `eval`)
    counts for its caller, as C functions do.
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
    # A separate dict for each: the other side cannot read a message that holds one object twice.
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
    # A decorated function may have the name of the one that it wraps; its code does not.
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
    """Where a frame of this code points while it calls a Python function without C in between.

    In bytes from the start of the bytecode; empty if that is not known.
    """
    if sys.version_info < (3, 11):
        return []
    listed = list(dis.get_instructions(code, adaptive=True))
    if sys.version_info < (3, 13):
        # It then points to the last cache of the instruction; in a call of C, to the instruction itself.
        pairs = zip(listed, listed[1:])
        ends = [(one.offset, after.offset - 2) for one, after in pairs if one.opname.startswith("CALL")]
        return [last for first, last in ends if last > first]
    return [one.offset for one in listed if one.opname.startswith(PYTHON_CALLS)]
