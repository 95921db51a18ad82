"""A few rounds of k-means on points in the plane."""


def python(points, centers, rounds):
    for _ in range(rounds):
        sums = [[0.0, 0.0, 0] for _ in centers]
        for x, y in points:
            best = 0
            least = 1e300
            for k, (cx, cy) in enumerate(centers):
                d = (x - cx) ** 2 + (y - cy) ** 2
                if d < least:
                    least = d
                    best = k
            s = sums[best]
            s[0] += x
            s[1] += y
            s[2] += 1
        centers = [[sx / n, sy / n] if n else list(c) for (sx, sy, n), c in zip(sums, centers)]
    return centers
