# Runs on any Python, however old, at the start of describe.py and of worker.py.
import sys

# Modules in the working folder (a json.py) must not replace those of the standard library.
sys.path[:] = [folder for folder in sys.path if folder]


def altered():
    """What makes this interpreter slower or faster than others of its kind, one phrase for each cause."""
    import gc
    import os
    import threading

    def hook(kind, own, of_threads):
        found = getattr(sys, own, lambda: None)() or getattr(threading, of_threads, None)
        if found is not None:
            yield "a %s function is set (%s)" % (kind, type(found).__module__ + "." + type(found).__name__)

    found = list(hook("trace", "gettrace", "_trace_hook")) + list(hook("profile", "getprofile", "_profile_hook"))
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    found += ["%s watches through sys.monitoring" % tool for tool in tools if tool is not None]
    try:
        from _tracemalloc import is_tracing
    except ImportError:
        is_tracing = bool
    if is_tracing():
        found.append("tracemalloc is on")
    for flag in ("debug", "optimize", "verbose", "bytes_warning", "dev_mode"):
        if getattr(sys.flags, flag, 0):
            found.append("sys.flags.%s is %s" % (flag, getattr(sys.flags, flag)))
    options = getattr(sys, "_xoptions", {})
    slow = ("importtime", "perf", "perf_jit", "showrefcount", "showalloccount")
    found += ["-X %s is set" % name for name in slow if name in options]
    if not sys.flags.ignore_environment:
        # The interpreter shows these nowhere else, or only at a cost that the answer is not worth.
        names = ("PYTHONMALLOC", "PYTHONMALLOCSTATS", "PYTHONPROFILEIMPORTTIME", "PYTHONPERFSUPPORT", "PYTHONDUMPREFS")
        values = [(name, os.environ.get(name)) for name in names]
        found += ["%s is %s" % (name, value) for name, value in values if value not in (None, "", "0", "default")]
    if hasattr(sys, "gettotalrefcount"):
        found.append("it is a debug build")
    if getattr(sys.flags, "gil", False) is None and sys._is_gil_enabled():
        # None means a free-threaded build for which neither an option nor a variable sets the GIL.
        found.append("the import of an extension module has switched the GIL on")
    if not gc.isenabled():
        found.append("garbage collection is off")
    if getattr(gc, "get_debug", int)():
        found.append("gc.get_debug() is %s" % gc.get_debug())
    return found
