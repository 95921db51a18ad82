"""Readings of many sensors, passed from stage to stage through queues of limited length.

Readers of logs, importers, crawlers and consumers of message queues are built like this: a producer
reads, several workers do something to each item, a consumer gathers the results, and a queue that
is full makes the one before it wait. Readings of one sensor go to the same worker, so that they
stay in order. The stages do little here, so what is measured is mostly handing things over.

It does not show queues between processes or machines, nor stages that wait for a disk or a
network. And asyncio is one thread: its stages take turns, and a pipeline gains order from it and no
speed.
"""

import asyncio
from contextlib import closing

# Of the two newest readings of a sensor that are this many units apart, the newer one is a jump.
JUMP = 250


async def produce(lines, queues):
    """Give each line to the worker that has its sensor; None says that there are no more."""
    for line in lines:
        sensor, _, reading = line.partition(";")
        await queues[int(sensor) % len(queues)].put((int(sensor), reading))
    for queue in queues:
        await queue.put(None)


async def work(queue, results):
    """Understand the readings of some sensors, and compare each with the one before."""
    before = {}
    while True:
        item = await queue.get()
        if item is None:
            break
        sensor, text = item
        try:
            reading = int(text)
        except ValueError:
            await results.put((sensor, None, False))
            continue
        jump = abs(reading - before.get(sensor, reading)) > JUMP
        before[sensor] = reading
        await results.put((sensor, reading, jump))
    await results.put(None)


async def consume(results, workers):
    """Gather readings, their sum, jumps and faults by sensor until all workers have ended."""
    sensors = {}
    while workers:
        result = await results.get()
        if result is None:
            workers -= 1
            continue
        sensor, reading, jump = result
        totals = sensors.get(sensor)
        if totals is None:
            totals = sensors[sensor] = [0, 0, 0, 0]
        if reading is None:
            totals[3] += 1
        else:
            totals[0] += 1
            totals[1] += reading
            totals[2] += jump
    return sensors


async def run(lines, workers, capacity):
    """Start all stages, with a queue before each of them but the first."""
    queues = [asyncio.Queue(capacity) for _ in range(workers)]
    results = asyncio.Queue(capacity)
    stages = [produce(lines, queues), *(work(queue, results) for queue in queues)]
    *_, sensors = await asyncio.gather(*stages, consume(results, workers))
    return sensors


def setup_python():
    """Make an event loop."""
    return closing(asyncio.new_event_loop())


def setup_uvloop():
    """Make one of uvloop, which is C around libuv."""
    import uvloop

    return closing(uvloop.new_event_loop())


def python(loop, lines, workers, capacity):
    """Run all stages on asyncio, in one thread."""
    return loop.run_until_complete(run(lines, workers, capacity))


def uvloop(loop, lines, workers, capacity):
    """Run the same code on uvloop."""
    return python(loop, lines, workers, capacity)
