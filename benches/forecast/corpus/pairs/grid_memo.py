"""The cheapest path through a grid, by recursion with a memo in a dict."""


def cost(grid, i, j, memo):
    key = (i, j)
    if key in memo:
        return memo[key]
    c = grid[i][j]
    if i == 0 and j == 0:
        r = c
    elif i == 0:
        r = c + cost(grid, i, j - 1, memo)
    elif j == 0:
        r = c + cost(grid, i - 1, j, memo)
    else:
        r = c + min(cost(grid, i - 1, j, memo), cost(grid, i, j - 1, memo))
    memo[key] = r
    return r


def python(grid):
    memo = {}
    return [cost(grid, len(grid) - 1, len(grid[0]) - 1, memo), len(memo)]
