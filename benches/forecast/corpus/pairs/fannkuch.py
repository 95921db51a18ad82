"""Flip prefixes of all permutations."""


def python(n):
    p = list(range(n))
    count = [0] * n
    most = 0
    checksum = 0
    sign = 1
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        flips = 0
        q = p[:]
        while q[0]:
            k = q[0] + 1
            q[:k] = q[:k][::-1]
            flips += 1
        most = max(most, flips)
        checksum += sign * flips
        sign = -sign
        while True:
            if r == n:
                return [checksum, most]
            p.insert(r, p.pop(0))
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
