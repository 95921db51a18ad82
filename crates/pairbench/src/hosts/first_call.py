"""Times what comes before an interpreter's first answer: importing a pair's module, and the first call.

Run with `-c`, in its own process; the arguments are the folder of the Python sides, the module's name, the variant,
the modules to hide, separated by commas, and how the input becomes calls. The input comes as a pickle on standard
input.
Only what an interpreter imports by itself is imported beforehand, so that the module pays for what it needs.
"""

import os
import sys
import time

root, name, variant, without, form = sys.argv[1:]
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what the module prints is not part of the answer
sys.path.insert(0, root)
for missing in without.split(","):
    if missing:
        sys.modules[missing] = None

clock = time.perf_counter_ns
started = clock()
__import__(name)
import_ns = clock() - started

import pickle  # noqa: E402 (not before: it would have been paid for already)

value = pickle.load(sys.stdin.buffer)
calls = calls_of(value, form)
if form in ("call", "calls"):
    value = calls
module = sys.modules[name]
function = getattr(module, variant)
setup = getattr(module, "setup_" + variant, None)
# The part of the input that the set-up takes, as in plain.py, but without a module that the call may need.
code = getattr(getattr(setup, "__wrapped__", setup), "__code__", None)
names = () if code is None else code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
wanted, named = (), {}
if isinstance(value, dict):
    named = {field: value[field] for field in names if field in value}
elif names and code.co_argcount > len(getattr(setup, "__wrapped__", setup).__defaults__ or ()):
    wanted = (value,)
manager = None if setup is None else setup(*wanted, **named)
resources = () if manager is None else (manager.__enter__(),)
bound = [((*resources, *positional), keywords) for positional, keywords in calls]

started = clock()
for positional, keywords in bound:
    function(*positional, **keywords)
call_ns = clock() - started

if manager is not None:
    manager.__exit__(None, None, None)
answer.write(f'\n{{"import_ns": {import_ns}, "call_ns": {call_ns}}}\n')
answer.close()
