"""Many tasks at once, with a time limit around whatever they wait for.

In a service each request, each query and each lock has a time limit; connections have one for being
idle, retries one for giving up. Nearly all of these timers are set and taken back without ever
going off. A few operations come too late, some tasks are cancelled while they sleep, and some jobs
are due. What all of that costs is the runtime's bookkeeping: timers in order, tasks made, woken and
cancelled.

It does not show how exactly a timer goes off, nor waiting itself: times are either an hour away or
in the past already, so nobody waits for a clock and what is measured is the work. Tokio keeps
timers in a wheel whose ticks are a millisecond, asyncio in a heap.
"""

import asyncio
from contextlib import closing
from time import perf_counter

HOUR = 3600.0


async def answer(value, pauses):
    """Come to a value, after letting the other tasks run some times."""
    for _ in range(pauses):
        await asyncio.sleep(0)
    return value


async def never():
    """Wait for what does not come."""
    await asyncio.get_running_loop().create_future()


async def due(milliseconds):
    """Wait for a timer whose time came this many milliseconds ago."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_at(loop.time() - milliseconds / 1000, future.set_result, milliseconds)
    return await future


async def session(steps):
    """Go through the steps of one task; return what came in time, and count what did not."""
    total = late = cancelled = 0
    for kind, value, pauses in steps:
        if kind == "limit":
            total += value * await asyncio.wait_for(answer(value, pauses), HOUR)
        elif kind == "late":
            try:
                await asyncio.wait_for(never(), -value / 1000)
            except asyncio.TimeoutError:
                late += value
        elif kind == "due":
            total += await due(value)
        else:
            sleeper = asyncio.ensure_future(asyncio.sleep(HOUR))
            await answer(value, pauses)
            sleeper.cancel()
            try:
                await sleeper
            except asyncio.CancelledError:
                cancelled += value
    return total, late, cancelled


async def time(steps):
    """Return the seconds that a session takes."""
    started = perf_counter()
    await session(steps)
    return perf_counter() - started


async def at_once(session, sessions):
    """Have all sessions take place at the same time."""
    return await asyncio.gather(*map(session, sessions))


def setup_python():
    """Make an event loop."""
    return closing(asyncio.new_event_loop())


def setup_uvloop():
    """Make one of uvloop, which is C around libuv."""
    import uvloop

    return closing(uvloop.new_event_loop())


def python(loop, sessions):
    """Run all sessions on asyncio, in one thread."""
    return loop.run_until_complete(at_once(session, sessions))


def latencies_python(loop, sessions):
    """Return the seconds that each session takes."""
    return loop.run_until_complete(at_once(time, sessions))


def uvloop(loop, sessions):
    """Run the same code on uvloop."""
    return python(loop, sessions)


def latencies_uvloop(loop, sessions):
    """Return the seconds that each session takes."""
    return latencies_python(loop, sessions)
