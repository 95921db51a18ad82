"""Catches deprecation warnings about what a pair uses.

A session loads this before a pair, and only when the harness verifies: a session that measures keeps the interpreter's
own filters and speed. Warnings in the pair's threads are heard, those in processes that it starts are not.
"""

import linecache
import os
import sys
import warnings

# Python's classes for this; third parties also use classes of their own, whose names end like this.
CATEGORIES = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, SyntaxWarning)
ENDING = "DeprecationWarning"
MOST = 100  # for one pair; a text with a number in it can differ at every call
LONGEST = 1000  # characters of a text


class Watch:
    """Notes what is raised while a session imports its pair's module, sets its variants up and calls them."""

    def __init__(self, session, root):
        self.root = os.path.realpath(root)
        self.variant = ""
        self.seen = set()
        self.raised = []
        self.compiled = set()
        self.arm()
        # C and Python code both pass it every warning that no filter suppresses. `showwarning` would be another place,
        # but a pair may put its own function there, and what `catch_warnings(record=True)` records would not be heard.
        self.show, warnings._showwarnmsg = warnings._showwarnmsg, self.hear
        self.showwarning, self.printing = warnings.showwarning, warnings._showwarnmsg_impl
        for request in ("open", "call", "close"):
            setattr(session, request, self.serving(getattr(session, request)))

    def arm(self):
        """Shows every warning, whatever filters the environment or the pair has set so far."""
        for category in CATEGORIES:
            warnings.simplefilter("always", category)

    def serving(self, request):
        """Wraps a request to the session, so that warnings during it are noted for its variant."""

        # No `functools.partial`: PyPy's would appear between the pair and the harness in tracebacks.
        def serve(**fields):
            self.arm()
            if "variant" in fields:
                self.compile_again()  # what was imported before does not belong to this variant
                self.variant = fields["variant"]
            return request(**fields)

        return serve

    def hear(self, message):
        """Notes a warning, once; passes on other kinds of warning, and those that somebody else listens for."""
        try:
            noted = self.note(message)
        except Exception:  # its text cannot be made; the pair must not suffer from that
            noted = False
        if not noted or self.others_listen():
            self.show(message)

    def note(self, message):
        """Notes a warning of these kinds; returns whether it is one."""
        category = message.category
        if not (issubclass(category, CATEGORIES) or category.__name__.endswith(ENDING)):
            return False
        raised = (category.__name__, clean(str(message.message)), str(message.filename), int(message.lineno))
        if raised not in self.seen and len(self.seen) < MOST:
            self.seen.add(raised)
            self.raised.append((self.variant, raised))
        return True

    def others_listen(self):
        """Whether the pair looks at warnings itself; otherwise they would only be printed, maybe a million times."""
        context = getattr(warnings, "_get_context", None)  # from 3.14 on
        return (
            warnings.showwarning is not self.showwarning
            or warnings._showwarnmsg_impl is not self.printing
            or (context is not None and context().log is not None)
        )

    def compile_again(self):
        """Compiles the pair's modules again: importing cached bytecode raises no warnings about the source."""
        for module in list(sys.modules.values()):
            file = file_of(module)
            if file in self.compiled or not self.is_pairs(file):
                continue
            self.compiled.add(file)
            try:
                with open(file, "rb") as text:
                    compile(text.read(), file, "exec", dont_inherit=True)
            except Exception:  # it was imported, so it has changed since, or is not source code
                continue

    def is_pairs(self, file):
        """Whether it is a Python file in the folder of the pairs, and not in an environment there."""
        parts = below(os.path.realpath(file), self.root).split("/")
        return parts[-1].endswith(".py") and "site-packages" not in parts

    def take(self):
        """The warnings since the last request."""
        self.arm()
        self.compile_again()
        taken, self.raised = self.raised, []
        return [
            {
                "category": category,
                "message": message,
                "file": clean(self.short(file)),
                "line": min(max(line, 0), 0x7FFFFFFF),
                "source": clean(linecache.getline(file, line).strip()),
                "variant": variant,
            }
            for variant, (category, message, file, line) in taken
        ]

    def short(self, file):
        """The path from the folder of the pairs on, or as one would import the file from a library."""
        if file.startswith("<"):
            return file
        real = os.path.realpath(file)
        if below(real, self.root):
            return os.path.basename(self.root) + "/" + below(real, self.root)
        names = [below(real, os.path.realpath(folder)) for folder in sys.path if isinstance(folder, str)]
        return min((name for name in names if name), key=len, default=os.path.basename(real))


def file_of(module):
    """The file of a module, without triggering one that loads lazily; empty if it has none."""
    try:
        file = object.__getattribute__(module, "__dict__").get("__file__")
    except Exception:  # anything can be put among the modules
        return ""
    return file if isinstance(file, str) else ""


def below(file, folder):
    """The path from the folder to the file, with slashes; empty if the file is not in the folder."""
    start = folder.rstrip(os.sep) + os.sep
    return file[len(start) :].replace(os.sep, "/") if file.startswith(start) else ""


def clean(text):
    """The text as valid UTF-8, cut if it is too long."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return cut.encode("utf-8", "replace").decode("utf-8")
