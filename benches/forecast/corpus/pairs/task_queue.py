"""Run tasks with priorities and dependencies on some machines, with two heaps."""

import heapq


def python(tasks, needs, machines):
    waiting = {name: 0 for name, _, _ in tasks}
    unlocks = {name: [] for name in waiting}
    for later, earlier in needs:
        waiting[later] += 1
        unlocks[earlier].append(later)
    details = {name: (priority, seconds) for name, priority, seconds in tasks}
    ready = [(-priority, name) for name, priority, _ in tasks if waiting[name] == 0]
    heapq.heapify(ready)
    running = []
    now = 0
    order = []
    idle = 0
    while ready or running:
        while ready and len(running) < machines:
            _, name = heapq.heappop(ready)
            order.append(name)
            heapq.heappush(running, (now + details[name][1], name))
        idle += machines - len(running)
        now, name = heapq.heappop(running)
        for later in unlocks[name]:
            waiting[later] -= 1
            if waiting[later] == 0:
                heapq.heappush(ready, (-details[later][0], later))
    return [now, idle, order]
