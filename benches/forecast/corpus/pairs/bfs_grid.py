"""Breadth-first search in a grid; the distances are in a dict."""

from collections import deque


def python(grid):
    height, width = len(grid), len(grid[0])
    seen = {(0, 0): 0}
    queue = deque([(0, 0)])
    while queue:
        y, x = queue.popleft()
        d = seen[y, x]
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            ny, nx = y + dy, x + dx
            if (
                0 <= ny < height
                and 0 <= nx < width
                and grid[ny][nx] == "."
                and (ny, nx) not in seen
            ):
                seen[ny, nx] = d + 1
                queue.append((ny, nx))
    return [len(seen), max(seen.values()), sum(seen.values())]
