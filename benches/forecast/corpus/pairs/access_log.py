"""Analyse an access log with a regular expression: traffic by path, errors by address."""

import re
from collections import Counter, defaultdict

LINE = re.compile(
    r"(?P<address>\d+\.\d+\.\d+\.\d+) - (?P<user>\S+) \[(?P<day>[^:]+):(?P<hour>\d\d):[^\]]+\] "
    r'"(?P<method>[A-Z]+) (?P<path>[^ ?"]+)(?:\?[^ "]*)? HTTP/[\d.]+" '
    r"(?P<status>\d{3}) (?P<size>\d+|-)"
)


def python(lines):
    sizes = defaultdict(int)
    statuses = Counter()
    errors = Counter()
    hours = [0] * 24
    broken = 0
    for line in lines:
        found = LINE.match(line)
        if found is None:
            broken += 1
            continue
        status = found["status"]
        statuses[status] += 1
        hours[int(found["hour"])] += 1
        if found["size"] != "-":
            sizes[found["path"]] += int(found["size"])
        if status[0] in "45":
            errors[found["address"]] += 1
    largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:10]
    worst = sorted(errors.items(), key=lambda item: (-item[1], item[0]))[:10]
    return [broken, sorted(statuses.items()), hours, largest, worst]
