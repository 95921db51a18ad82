"""Does as a test asks: prints or takes memory without end, or meddles with descriptors."""

import contextlib
import itertools
import os
import sys
import time

# What to do, and whether to do it at once or while being measured.
WHAT, _, WHEN = os.environ.get("PAIRBENCH_TEST_UNRULY", "").partition(" ")
CALLS = itertools.count(1)

if WHAT == "profile":
    sys.setprofile(lambda *what: None)


def python(numbers):
    """Add the numbers, and do what was asked."""
    call = next(CALLS)
    if WHAT == "chat" and call == 2:
        sys.stdout.write("all that there is to say\n" * 800_000)
    elif WHAT in ACTIONS and (WHEN != "later" or call > 300):
        ACTIONS[WHAT]()
    return deep() if WHAT == "nest" else sum(numbers)


def deep():
    """Nest deeper than anybody can follow."""
    value = []
    for _ in range(5_000):
        value = [value]
    return value


def talk():
    """Print for ever."""
    while True:
        print("and another thing " * 100)


def complain():
    """Print for ever to standard error."""
    while True:
        print("and another thing " * 100, file=sys.stderr)


def eat():
    """Take memory for ever."""
    hoard = []
    while True:
        hoard.append(b"x" * (1 << 20) + bytes(len(hoard)))


def scribble():
    """Write to every descriptor, the worker's pipe among them."""
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"noise on the pipe\n")


def close():
    """Close every descriptor, as programs do that become daemons."""
    os.closerange(3, 64)


def hang():
    """Wait for ever."""
    while True:
        time.sleep(1)


def once():
    """Wait for ever, but only the first time."""
    flag = os.environ["PAIRBENCH_TEST_ONCE"]
    if not os.path.exists(flag):
        open(flag, "x").close()
        time.sleep(3_600)


def abandon():
    """Die, and leave a process that keeps every descriptor open."""
    if os.fork() == 0:
        time.sleep(3_600)
    os.abort()


ACTIONS = {
    "abandon": abandon,
    "hang": hang,
    "once": once,
    "talk": talk,
    "complain": complain,
    "eat": eat,
    "scribble": scribble,
    "close": close,
}
