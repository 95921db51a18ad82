"""Starts recording in every Python that the user's program starts.

`pairbench record` writes this as `sitecustomize.py` into a private folder, with a call of `install` at the end, and
puts that folder on PYTHONPATH. It imports next to nothing, since most processes never import the module to record from.
Works on Python 3.8 and newer, like the rest of the recorder, which is `recorder.py`.
"""

import atexit
import os
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))


class Finder:
    """Finds the one module, as the other finders do, and has its function wrapped once it has been executed."""

    def __init__(self, start):
        self.start = start

    def find_spec(self, name, path=None, target=None):
        """The spec of the module; None for all others."""
        if sys.meta_path[0] is not self and self in sys.meta_path:
            # pytest puts its own finder first, which must not find the module before this one does.
            sys.meta_path.remove(self)
            sys.meta_path.insert(0, self)
        if name != self.start.module:
            return None
        spec = find(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = Loader(spec.loader, self.start)
        return spec


class Loader:
    """Executes the module with its real loader, then has the function wrapped before anything can import its name."""

    def __init__(self, loader, start):
        self.loader = loader
        self.start = start

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        """The module, if the real loader makes its own."""
        create = getattr(self.loader, "create_module", None)
        return create and create(spec)

    def exec_module(self, module):
        """Executes the module and has the function wrapped."""
        module.__spec__.loader = self.loader  # from here on, the program sees only the real loader
        if getattr(module, "__loader__", None) is self:
            module.__loader__ = self.loader
        try:
            if hasattr(self.loader, "exec_module"):
                self.loader.exec_module(module)
            else:  # zip files before Python 3.10
                self.loader.load_module(module.__name__)
        except BaseException as error:
            self.start.note("raised", f"{type(error).__name__}: {error}")
            raise
        self.start.wrap(sys.modules.get(module.__name__, module))


class Start:
    """What this process does until it imports the module."""

    def __init__(self, module, function, *limits):
        self.module = module
        self.function = function
        self.limits = limits
        self.recorder = None

    def wrap(self, module):
        """Puts the recorder in place of the function."""
        from importlib.util import module_from_spec, spec_from_file_location

        try:
            if self.recorder is None:
                spec = spec_from_file_location("pairbench_recorder", os.path.join(FOLDER, "recorder.py"))
                program = sys.modules[spec.name] = module_from_spec(spec)
                spec.loader.exec_module(program)
                self.recorder = program.Recorder(self.write, FOLDER, *self.limits)
            self.recorder.wrap(module, self.function)
        except Exception as error:
            self.note("refused", str(error))

    def write(self, kind, key, text):
        """Appends a row to the file of this process.

        The file is opened each time: a program that closes all its files may reuse our descriptor for another one.
        """
        row = f"{time.time_ns()}\t{kind}\t{key}\t" + text.replace("\n", " ") + "\n"
        row = row.encode("utf-8", "backslashreplace")
        with open(os.path.join(FOLDER, f"{os.getpid()}.rows"), "ab", buffering=0) as file:
            start = file.tell()
            if file.write(row) < len(row):
                file.truncate(start)
                raise OSError("no space left for what is recorded")

    def note(self, kind, text):
        """Writes down why this process does not record."""
        try:
            self.write(kind, "", text)
        except OSError:  # the tool has ended before this process, and the folder is gone
            pass

    def leave(self):
        """Writes down, at the end of a process that has not recorded, why the module was not imported."""
        if self.recorder is not None:
            return
        spec = getattr(sys.modules.get("__main__"), "__spec__", None)
        script = os.path.basename((getattr(sys, "argv", None) or [""])[0])  # `__file__` is gone by now
        if self.module == (spec.name if spec else os.path.splitext(script)[0]):
            self.note("main", "")
        elif is_there(self.module):
            top = self.module.partition(".")[0]
            self.note("unimported", ", ".join(sorted(name for name in sys.modules if name.partition(".")[0] == top)))
        else:
            self.note("absent", f"Python {sys.version.split()[0]} ({sys.executable})")


def find(name, path, target=None):
    """The spec that the finders of this process find, without ours."""
    for finder in list(sys.meta_path):
        if not isinstance(finder, Finder) and hasattr(finder, "find_spec"):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


def is_there(module):
    """Whether the module can be found, without importing any."""
    path, name = None, ""
    for part in module.split("."):
        name = name + "." + part if name else part
        if name in sys.modules:
            path = getattr(sys.modules[name], "__path__", ())
            continue
        try:
            spec = find(name, path)
        except Exception:  # a finder of the program, which is ending
            spec = None
        if spec is None:
            return False
        path = spec.submodule_search_locations or ()
    return True


def install(module, function, *limits):
    """Has the function wrapped as soon as it is there, and runs the `sitecustomize` that this one hides."""
    start = Start(module, function, *limits)
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != FOLDER]
    sys.meta_path.insert(0, Finder(start))
    atexit.register(start.leave)
    if module in sys.modules:
        start.wrap(sys.modules[module])
    spec = find("sitecustomize", None)
    if spec is not None:
        from importlib.util import module_from_spec

        real = sys.modules["sitecustomize"] = module_from_spec(spec)
        spec.loader.exec_module(real)
