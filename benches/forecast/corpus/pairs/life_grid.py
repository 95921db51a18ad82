"""The game of life on a grid of lists."""


def python(grid, steps):
    h, w = len(grid), len(grid[0])
    for _ in range(steps):
        new = []
        for y in range(h):
            up, row, down = grid[y - 1], grid[y], grid[(y + 1) % h]
            line = []
            for x in range(w):
                left, right = x - 1, (x + 1) % w
                n = up[left] + up[x] + up[right] + row[left] + row[right]
                n += down[left] + down[x] + down[right]
                line.append(1 if n == 3 or (n == 2 and row[x]) else 0)
            new.append(line)
        grid = new
    return grid
