# Prints what an interpreter is, as JSON. Runs on any Python, however old, so that an old one can be named as such.
# altered.py is prepended to it.
import json
import os
import platform
import sys
import sysconfig
import time

# Syntax that each version was the first to accept, the newest first.
SYNTAX = [
    ((3, 14), "t''"),
    ((3, 13), "def f[T = int](): pass"),
    ((3, 12), "type X = int"),
    ((3, 11), "try: pass\nexcept* E: pass"),
    ((3, 10), "match x:\n    case _: pass"),
    ((3, 9), "@a[0]\ndef f(): pass"),
    ((3, 8), "(x := 1)"),
]


def implementation():
    name = platform.python_implementation()
    return "GraalPy" if name == "GraalVM" else name


def release():
    about = getattr(sys, "implementation", None)
    if about is None or IMPLEMENTATION == "CPython":
        return None
    return ".".join(str(number) for number in about.version[:3])


def loads_libpython():
    try:
        with open("/proc/self/maps") as maps:
            return any("libpython" in line for line in maps)
    except (IOError, OSError):
        return None


def gil():
    check = getattr(sys, "_is_gil_enabled", None)
    return check() if check else True


def jit(config):
    introspection = getattr(sys, "_jit", None)
    if introspection is not None:
        if not introspection.is_available():
            return "absent"
        return "on" if introspection.is_enabled() else "off"
    if IMPLEMENTATION == "PyPy":
        return "on" if sys.pypy_translation_info.get("translation.jit") else "absent"
    if IMPLEMENTATION != "CPython":
        return None
    if sys.version_info < (3, 13):
        return "absent"
    # 3.13 has one but does not report it.
    return jit_of_build(config, os.environ.get("PYTHON_JIT")) if config else None


def jit_of_build(config, wanted):
    options = [word.strip("'") for word in config.split() if "--enable-experimental-jit" in word]
    kind = options[-1].partition("=")[2] or "yes" if options else "no"
    if kind in ("no", "interpreter"):
        return "absent"
    default = "0" if kind == "yes-off" else "1"
    return "off" if (wanted or default) == "0" else "on"


def perf_counter_ns():
    info = getattr(time, "get_clock_info", None)
    return max(1, round(info("perf_counter").resolution * 1e9)) if info else None


def base_prefix():
    return getattr(sys, "base_prefix", sys.prefix)


def base():
    if base_prefix() == sys.prefix:
        return None
    # What Python itself reports, from 3.11 on; the target of the link; or else the name that it should have.
    numbers = "%d.%d" % sys.version_info[:2]
    names = ["python" + numbers, "pypy" + numbers, "graalpy", "python3", "python", "python.exe"]
    folders = [os.path.join(base_prefix(), "bin"), base_prefix()]
    candidates = [getattr(sys, "_base_executable", None), os.path.realpath(sys.executable)]
    candidates += [os.path.join(folder, name) for folder in folders for name in names]
    own = os.path.realpath(sys.prefix) + os.sep
    for path in candidates:
        if path and os.path.isfile(path) and not in_environment(path, own):
            return path
    return None


def in_environment(path, own):
    folder = os.path.join(os.path.realpath(os.path.dirname(path)), "")
    return folder.startswith(own)


def text(name):
    return sysconfig.get_config_var(name) or ""


def installed_native():
    try:
        from importlib.util import find_spec

        found = find_spec("pairbench_native")
    except Exception:
        return None
    return getattr(found, "origin", None)


def variables():
    found = {}
    for name, value in os.environ.items():
        try:
            (name + value).encode("utf-8")
        except UnicodeError:
            continue
        found[name] = value
    return found


def refuse_other_encodings():
    # A record is UTF-8, and Python writes anything else as lone surrogates.
    paths = [sys.executable or "", sys.prefix, base() or "", installed_native() or ""]
    for path in paths if sys.version_info >= (3,) else []:
        try:
            path.encode("utf-8")
        except UnicodeError:
            sys.exit("the path %s is not UTF-8; give it another name" % ascii(path))


def newest_syntax():
    for version, source in SYNTAX:
        try:
            compile(source, "<syntax>", "exec")
            return version
        except SyntaxError:
            pass
    return (0, 0)


def evidence():
    return {
        "backwards": sys.argv[1][::-1],
        "versions": [
            list(sys.version_info[:2]),
            [sys.hexversion >> 24, sys.hexversion >> 16 & 0xFF],
            [int(number) for number in sys.version.split(".")[:2]],
        ],
        "syntax": newest_syntax(),
        "newest_syntax": SYNTAX[0][0],
    }


IMPLEMENTATION = implementation()
refuse_other_encodings()
config = text("CONFIG_ARGS")
loads = loads_libpython()
# Debian's executable is linked statically and optimised. The configuration that it reports is that of its libpython,
# another build.
of_another = "--enable-shared" in config and loads is False
known = bool(config) and IMPLEMENTATION == "CPython" and not of_another
# On its own line, whatever was printed before.
print(
    "\n"
    + json.dumps(
        {
            "executable": sys.executable or "",
            "version": platform.python_version(),
            "implementation": IMPLEMENTATION,
            "release": release(),
            "compiler": platform.python_compiler(),
            "config_args": config,
            "cflags": text("CFLAGS"),
            "optimized": "--enable-optimizations" in config if known else None,
            "loads_libpython": loads,
            "gil": gil(),
            "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "jit": jit(config if known else ""),
            "altered": altered(),
            "debug": hasattr(sys, "gettotalrefcount"),
            "pointer_bits": 64 if sys.maxsize > 2**32 else 32,
            "virtual_env": sys.prefix != base_prefix(),
            "base": base(),
            "packages": [],
            "perf_counter_ns": perf_counter_ns(),
            "ext_suffix": text("EXT_SUFFIX") or ".so",
            "prefix": os.path.realpath(sys.prefix),
            "installed_native": installed_native(),
            "variables": variables(),
            "evidence": evidence(),
        }
    )
)
