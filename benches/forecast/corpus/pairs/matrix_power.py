"""Paths of a given length in a graph: powers of a matrix of integers in nested lists."""

PRIME = 1_000_000_007


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) % PRIME for column in columns] for row in a]


def python(matrix, exponent):
    n = len(matrix)
    result = [[int(i == j) for j in range(n)] for i in range(n)]
    base = matrix
    while exponent:
        if exponent & 1:
            result = product(result, base)
        base = product(base, base)
        exponent >>= 1
    trace = sum(result[i][i] for i in range(n)) % PRIME
    return [trace, result[0], [row[-1] for row in result]]
