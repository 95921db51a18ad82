"""A cache that forgets what was used least recently, by an OrderedDict."""

from collections import OrderedDict


class Cache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.data = OrderedDict()
        self.hits = self.misses = 0

    def get(self, key):
        if key in self.data:
            self.data.move_to_end(key)
            self.hits += 1
            return self.data[key]
        self.misses += 1
        value = key * 31 % 1000
        self.data[key] = value
        if len(self.data) > self.capacity:
            self.data.popitem(last=False)
        return value


def python(capacity, keys):
    cache = Cache(capacity)
    total = 0
    for key in keys:
        total += cache.get(key)
    return [cache.hits, cache.misses, total]
