"""Lines of JSON parsed, validated, grouped, aggregated and serialised again.

The inside of many services and nightly jobs: a log or a queue of events, some of them broken,
turned into a report. Dictionaries, strings and small decisions; ``json`` is C already, and what
remains is spread over the whole program.

It does not show reading from a disk or a network. And a line has at most one fault: where it had
two, a parser that checks types while it reads (as serde does) and one that reads first might each
find another one first.
"""

import json
from contextlib import nullcontext
from operator import itemgetter

try:
    from pairbench_native import json_events as ext
except ImportError:
    ext = None

KINDS = frozenset(("click", "purchase", "refund", "view"))
MAX_CENTS = 1_000_000
# The report is on one year, 2024; times are seconds since 1970.
FIRST_SECOND = 1_704_067_200
LAST_SECOND = 1_735_689_599


class Rejected(Exception):
    """An event that does not count, with the reason."""


def validate(event):
    """Return the fields of a valid event. A null is a missing field; other names are ignored."""
    if type(event) is not dict:
        raise Rejected("wrong_type")
    get = event.get
    user, kind, cents, at, tags = get("user"), get("kind"), get("cents"), get("at"), get("tags")
    if user is None or kind is None or cents is None or at is None or tags is None:
        raise Rejected("missing_field")
    # By type() instead of isinstance(): to the latter, True is an integer.
    if type(user) is not str or type(kind) is not str or type(cents) is not int:
        raise Rejected("wrong_type")
    if type(at) is not int or type(tags) is not list:
        raise Rejected("wrong_type")
    for tag in tags:
        if type(tag) is not str:
            raise Rejected("wrong_type")
    if kind not in KINDS:
        raise Rejected("unknown_kind")
    if not user or not 1 <= cents <= MAX_CENTS or not FIRST_SECOND <= at <= LAST_SECOND:
        raise Rejected("out_of_range")
    return user, kind, cents, at, tags


class Totals:
    """What is known about a group of events."""

    __slots__ = ("count", "first", "largest", "last", "smallest", "sum")

    def __init__(self):
        self.count = 0
        self.sum = 0
        self.smallest = MAX_CENTS
        self.largest = 0
        self.first = LAST_SECOND
        self.last = FIRST_SECOND

    def add(self, cents, at):
        """Count one event."""
        self.count += 1
        self.sum += cents
        if cents < self.smallest:
            self.smallest = cents
        if cents > self.largest:
            self.largest = cents
        if at < self.first:
            self.first = at
        if at > self.last:
            self.last = at

    def report(self):
        """Return the figures under the names that the report has for them."""
        return {
            "count": self.count,
            "first": self.first,
            "last": self.last,
            "max": self.largest,
            "mean": self.sum / self.count,
            "min": self.smallest,
            "sum": self.sum,
        }


def aggregate(loads, lines):
    """Group the valid events by user and kind and by hour, count tags, and faults by reason."""
    users = {}
    hours = {}
    tag_counts = {}
    rejected = {}
    for line in lines:
        try:
            user, kind, cents, at, tags = validate(loads(line))
        except ValueError:
            rejected["malformed"] = rejected.get("malformed", 0) + 1
            continue
        except Rejected as rejection:
            (reason,) = rejection.args
            rejected[reason] = rejected.get(reason, 0) + 1
            continue
        group = user, kind
        totals = users.get(group)
        if totals is None:
            totals = users[group] = Totals()
        totals.add(cents, at)
        hour = at // 3600 % 24
        totals = hours.get(hour)
        if totals is None:
            totals = hours[hour] = Totals()
        totals.add(cents, at)
        for tag in tags:
            tag_counts[tag] = tag_counts.get(tag, 0) + 1
    return users, hours, tag_counts, rejected


def report_lines(encode, users, hours, tag_counts):
    """Serialise the tables: a line a group, in order."""
    for (user, kind), totals in sorted(users.items(), key=itemgetter(0)):
        yield encode({"user": user, "kind": kind, **totals.report()})
    for hour, totals in sorted(hours.items(), key=itemgetter(0)):
        yield encode({"hour": hour, **totals.report()})
    yield encode({"tags": tag_counts})


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def process(loads, lines, encode=encode):
    """Make the report on all lines."""
    users, hours, tag_counts, rejected = aggregate(loads, lines)
    return {
        "accepted": sum(totals.count for totals in hours.values()),
        "rejected": rejected,
        "report": "\n".join(report_lines(encode, users, hours, tag_counts)),
    }


def python(lines):
    """Compute everything in plain Python, which has ``json`` in C."""
    return process(json.loads, lines)


def setup_orjson():
    """Import orjson."""
    import orjson

    return nullcontext(orjson)


def orjson(orjson, lines):
    """Parse and serialise by orjson, which is written in Rust."""
    return process(
        orjson.loads, lines, lambda row: orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()
    )


def native(lines):
    """Call Rust for ``json.loads``, once a line: two fifths of the time, although it is C already.

    Rust has to make the same dictionaries, lists and strings that the rest of the program uses.
    """
    return process(ext.loads, lines)
