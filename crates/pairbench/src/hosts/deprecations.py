"""Catches the warnings that something which a pair uses will go.

Taken in by a session before it loads a pair, when the harness verifies and only then: a session that measures has none
of this, and so the interpreter's own filters and speed. Threads of the pair are heard, processes that it starts not.
"""

import linecache
import os
import sys
import warnings

# How Python announces it; third parties do by classes of their own as well, whose names end like this.
CATEGORIES = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, SyntaxWarning)
ENDING = "DeprecationWarning"
MOST = 100  # of one pair; a text with a number in it can be another one at every call
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
        # C and Python code alike hand a warning to it that no filter holds back. `showwarning` would be another place,
        # but a pair may put its own function there, and what `catch_warnings(record=True)` records would not be heard.
        self.show, warnings._showwarnmsg = warnings._showwarnmsg, self.hear
        self.showwarning, self.printing = warnings.showwarning, warnings._showwarnmsg_impl
        for request in ("open", "call", "close"):
            setattr(session, request, self.serving(getattr(session, request)))

    def arm(self):
        """Has every warning shown, whatever filters the environment or the pair has set so far."""
        for category in CATEGORIES:
            warnings.simplefilter("always", category)

    def serving(self, request):
        """The request to the session, made while this listens for one of the variants."""

        # No `functools.partial`: PyPy's would stand between the pair and the harness in tracebacks.
        def serve(**fields):
            self.arm()
            if "variant" in fields:
                self.compile_again()  # what was imported before is none of its business
                self.variant = fields["variant"]
            return request(**fields)

        return serve

    def hear(self, message):
        """Notes a warning, once, and hands on what is of another kind, or what somebody else listens for."""
        try:
            noted = self.note(message)
        except Exception:  # a text that cannot be made; the pair must not suffer from it
            noted = False
        if not noted or self.others_listen():
            self.show(message)

    def note(self, message):
        """Whether it is a warning of these kinds."""
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
        """Compiles the pair's modules once more: those that were cached say nothing about their text when imported."""
        for module in list(sys.modules.values()):
            file = file_of(module)
            if file in self.compiled or not self.is_pairs(file):
                continue
            self.compiled.add(file)
            try:
                with open(file, "rb") as text:
                    compile(text.read(), file, "exec", dont_inherit=True)
            except Exception:  # it was imported, so it has changed since, or was never a text
                continue

    def is_pairs(self, file):
        """Whether it is a Python file in the folder of the pairs, and not of an environment in there."""
        parts = below(os.path.realpath(file), self.root).split("/")
        return parts[-1].endswith(".py") and "site-packages" not in parts

    def take(self):
        """What was raised since this was asked last."""
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
        """The file from the folder of the pairs on, or as one would import it from a library."""
        if file.startswith("<"):
            return file
        real = os.path.realpath(file)
        if below(real, self.root):
            return os.path.basename(self.root) + "/" + below(real, self.root)
        names = [below(real, os.path.realpath(folder)) for folder in sys.path if isinstance(folder, str)]
        return min((name for name in names if name), key=len, default=os.path.basename(real))


def file_of(module):
    """Where a module comes from, without waking up one that loads when it is looked at; empty where it does not say."""
    try:
        file = object.__getattribute__(module, "__dict__").get("__file__")
    except Exception:  # anything can be put among the modules
        return ""
    return file if isinstance(file, str) else ""


def below(file, folder):
    """The way from the folder to the file, with slashes; empty where it is not in there."""
    start = folder.rstrip(os.sep) + os.sep
    return file[len(start) :].replace(os.sep, "/") if file.startswith(start) else ""


def clean(text):
    """The text as UTF-8 can have it, cut where it is too long."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return cut.encode("utf-8", "replace").decode("utf-8")
