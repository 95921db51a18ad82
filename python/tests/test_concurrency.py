"""What the Python sides of the concurrent pairs answer: known results, and all variants alike."""

import threading
from zlib import crc32

import pytest
from agreement import agrees, all_variants, opened

from concurrency import echo, pipeline, timers

# Nothing, one byte, more than any buffer holds; no message at all; the check value of CRC-32.
CONNECTIONS = [[b"", b"x", b"yz" * 80_000, b""], [], [b"123456789"], [b"1234", b"", b"56789"]]
CHECK = 0xCBF43926

LINES = ["1000;-10", "1000;240", "1000;491", "1000;", "1000;241", "7;error", "7;1.5", "7;300"]

INPUTS = {
    echo: {"connections": CONNECTIONS * 5},
    timers: {
        "sessions": [[("limit", 3, 2), ("late", 7, 0)], [("cancel", 5, 1), ("due", 9, 0)]] * 4
    },
    pipeline: {"lines": LINES * 9, "workers": 3, "capacity": 2},
}


@all_variants({echo: ["python", "threads"], timers: ["python"], pipeline: ["python"]})
def test_variants_answer_the_same_twice_and_leave_their_input_alone(module, variant):
    agrees(module, variant, INPUTS[module])


@pytest.mark.parametrize("variant", ["python", "threads"])
def test_checksums_are_those_of_all_replies_in_a_row(variant):
    with opened(echo, variant) as talk:
        everything = crc32(b"".join(CONNECTIONS[0]))
        assert talk(connections=CONNECTIONS) == [everything, 0, CHECK, CHECK]
        assert talk(connections=[]) == []
        assert talk(connections=[[b"56789", b"1234"]]) != [CHECK]


def test_servers_and_their_threads_end_with_the_set_up():
    before = threading.active_count()
    for variant in ("python", "threads"):
        with opened(echo, variant) as talk:
            talk(connections=CONNECTIONS)
        assert threading.active_count() == before


def test_each_kind_of_step_is_counted_by_itself():
    with opened(timers, "python") as run:
        sessions = [
            [("limit", 3, 0), ("limit", 5, 9)],
            [("late", 7, 0), ("late", 1, 3), ("limit", 2, 1)],
            [("cancel", 11, 0), ("cancel", 13, 2)],
            [("due", 17, 0), ("due", 19, 5)],
            [],
        ]
        expected = [(9 + 25, 0, 0), (4, 8, 0), (0, 0, 24), (36, 0, 0), (0, 0, 0)]
        assert run(sessions=sessions) == expected


@pytest.mark.parametrize(("workers", "capacity"), [(1, 1), (2, 1), (6, 16), (50, 3)])
def test_readings_followed_by_hand(workers, capacity):
    with opened(pipeline, "python") as run:
        # -10, 240, 491 (a jump), a fault, 241; two faults, 300.
        expected = {1000: [4, 962, 1, 1], 7: [1, 300, 0, 2]}
        assert run(lines=LINES, workers=workers, capacity=capacity) == expected
        assert run(lines=[], workers=workers, capacity=capacity) == {}


@pytest.mark.parametrize(
    ("module", "variant", "requests"),
    [(echo, "python", 40), (echo, "threads", 40), (timers, "python", 8)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_every_request_has_its_time(module, variant, requests):
    with getattr(module, "setup_" + variant)() as resource:
        seconds = getattr(module, "latencies_" + variant)(resource, **INPUTS[module])
    assert len(seconds) == requests
    assert all(type(each) is float and each > 0 for each in seconds)
