"""The LU decomposition of a matrix in nested lists."""


def python(m):
    a = [row[:] for row in m]
    n = len(a)
    for k in range(n):
        pivot = a[k][k]
        for i in range(k + 1, n):
            factor = a[i][k] / pivot
            a[i][k] = factor
            for j in range(k + 1, n):
                a[i][j] -= factor * a[k][j]
    determinant = 1.0
    for k in range(n):
        determinant *= a[k][k]
    return [determinant, a[n - 1]]
