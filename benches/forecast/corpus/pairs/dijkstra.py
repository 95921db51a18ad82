"""Shortest paths in a sparse graph, with a heap and a dict of distances."""

from heapq import heappop, heappush


def python(nodes, edges):
    graph = [[] for _ in range(nodes)]
    for a, b, w in edges:
        graph[a].append((b, w))
        graph[b].append((a, w))
    distance = {0: 0}
    heap = [(0, 0)]
    while heap:
        d, node = heappop(heap)
        if d > distance[node]:
            continue
        for other, w in graph[node]:
            nd = d + w
            if other not in distance or nd < distance[other]:
                distance[other] = nd
                heappush(heap, (nd, other))
    return [distance.get(i, -1) for i in range(nodes)]
