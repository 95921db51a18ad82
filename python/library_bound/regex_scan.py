r"""Lines of several logs in one stream, taken apart by regular expressions.

Monitors, importers and one-off scripts do this: find out what kind of line it is, take the parts
out of its groups, mask addresses, add up. The engine is C in Python, and backtracks; Rust's regex
crate never does, which bounds the time of the worst pattern and makes groups dearer than a search.
Every line meets several patterns, and most patterns fail on most lines.

The two dialects are not one. The patterns keep to what both agree on: leftmost match, first
alternative; classes that are written out, because ``\w``, ``\d``, ``\s`` and ``\b`` differ on some
characters beyond ASCII; no ``$`` before a line's end, which Python also finds before a last
newline; no references back and no looking around, which the crate does not have. So it does not
show patterns that need those, nor patterns on which backtracking takes forever.
"""

import platform
import re

try:
    from pairbench_native import regex_scan as ext
except ImportError:
    ext = None

RULES = {
    "access": re.compile(
        r'^([0-9.]+) - ([a-z0-9_-]+) \[([^\]]+)\] "([A-Z]+) ([^ "?]+)(?:\?([^ "]*))? HTTP/[0-9.]+"'
        r" ([0-9]{3}) ([0-9]+|-)"
    ),
    "login": re.compile(
        r"Failed password for (invalid user )?([a-z][a-z0-9_-]*)"
        r" from ([0-9]{1,3}(?:\.[0-9]{1,3}){3}) port ([0-9]+)"
    ),
    "frame": re.compile(r"^[ \t]+at ([A-Za-z0-9_.$]+)\(([A-Za-z0-9_]+\.java):([0-9]+)\)"),
    "event": re.compile(r"^[0-9TZ:.-]+ (FATAL|ERROR|WARN|INFO) ([a-z.]+): (.+)"),
}
FIELD = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|[^ "]+)')
ADDRESS = re.compile(r"([A-Za-z0-9._%+-]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
TOOK = re.compile(r"(?:took|after) ([0-9]+)(?:\.([0-9]{3}))? (ms|s)(?: |,|\.)")
REQUEST = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def versions():
    """Tell which libraries this side brings."""
    return {f"re of {platform.python_implementation()}": platform.python_version()}


class Totals:
    """What was found in all lines."""

    def __init__(self):
        self.kinds = {}
        self.paths = {}
        self.statuses = {}
        self.sent = 0
        self.with_query = 0
        self.guesses = {}
        self.ports = 0
        self.frames = {}
        self.levels = {}
        self.fields = {}
        self.masked = []
        self.micros = 0
        self.requests = {}

    def access(self, match):
        """Count a request for a page."""
        _, user, _, method, path, query, status, size = match.groups()
        count(self.paths, f"{user} {method} {path}")
        count(self.statuses, status)
        self.with_query += query is not None
        if size != "-":
            self.sent += int(size)

    def login(self, match):
        """Count somebody who guesses passwords."""
        unknown, user, source, port = match.groups()
        count(self.guesses, f"{source} {'?' if unknown else user}")
        self.ports += int(port)

    def frame(self, match):
        """Count a line of a traceback."""
        function, file, line = match.groups()
        count(self.frames, f"{file}:{line} {function.rpartition('.')[2]}")

    def event(self, match):
        """Count an event and its fields, and mask the addresses in it."""
        level, source, text = match.groups()
        count(self.levels, f"{level} {source}")
        for name, value in FIELD.findall(text):
            count(self.fields, name)
            if value[0] == '"':
                count(self.fields, f"{name} quoted")
        masked, found = ADDRESS.subn(r"***@\2", text)
        if found:
            self.masked.append(masked)
        took = TOOK.search(text)
        if took:
            whole, part, unit = took.groups()
            thousandths = 1_000 * int(whole) + int(part or 0)
            self.micros += thousandths if unit == "ms" else 1_000 * thousandths


def count(table, key):
    """Count one more of a kind."""
    table[key] = table.get(key, 0) + 1


def most_frequent(table):
    """Return the ten most frequent; of equally frequent ones the first by alphabet."""
    return sorted(table.items(), key=lambda item: (-item[1], item[0]))[:10]


def scan(lines):
    """Find out what each line is, and add it up."""
    totals = Totals()
    for line in lines:
        for kind, pattern in RULES.items():
            match = pattern.search(line)
            if match:
                count(totals.kinds, kind)
                getattr(totals, kind)(match)
                break
        else:
            count(totals.kinds, "other")
        request = REQUEST.search(line)
        if request:
            count(totals.requests, request.group(1))
    return totals


def report(totals):
    """Return what was found, of most tables only the most frequent."""
    return {
        "kinds": totals.kinds,
        "paths": most_frequent(totals.paths),
        "statuses": totals.statuses,
        "sent": totals.sent,
        "with_query": totals.with_query,
        "guesses": most_frequent(totals.guesses),
        "ports": totals.ports,
        "frames": most_frequent(totals.frames),
        "levels": totals.levels,
        "fields": totals.fields,
        "masked": totals.masked,
        "micros": totals.micros,
        "requests": totals.requests,
    }


def python(lines):
    """Compute everything in plain Python, which has ``re`` in C."""
    return report(scan(lines))


def native(lines):
    """Call Rust for ``scan``, once for all lines: what comes back are the finished tables."""
    return report(ext.scan(lines))
