# Prints what an interpreter is, as JSON. Runs on any Python, however old, so that an old one can be named as such.
import json
import platform
import sys
import sysconfig
import time


def loads_libpython():
    try:
        with open("/proc/self/maps") as maps:
            return any("libpython" in line for line in maps)
    except (IOError, OSError):
        return None


def gil():
    check = getattr(sys, "_is_gil_enabled", None)
    return check() if check else True


def perf_counter_ns():
    info = getattr(time, "get_clock_info", None)
    return max(1, round(info("perf_counter").resolution * 1e9)) if info else None


def text(name):
    return sysconfig.get_config_var(name) or ""


config = text("CONFIG_ARGS")
loads = loads_libpython()
# Debian's executable is linked statically and optimised. What it tells is the configuration of its libpython, another
# build.
of_another = "--enable-shared" in config and loads is False
known = bool(config) and platform.python_implementation() == "CPython" and not of_another
print(
    json.dumps(
        {
            "executable": sys.executable,
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "compiler": platform.python_compiler(),
            "config_args": config,
            "cflags": text("CFLAGS"),
            "optimized": "--enable-optimizations" in config if known else None,
            "loads_libpython": loads,
            "gil": gil(),
            "virtual_env": sys.prefix != getattr(sys, "base_prefix", sys.prefix),
            "packages": [],
            "perf_counter_ns": perf_counter_ns(),
            "ext_suffix": text("EXT_SUFFIX") or ".so",
        }
    )
)
