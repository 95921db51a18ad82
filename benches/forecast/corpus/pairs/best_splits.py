"""Split joined words into the cheapest known words, by recursion with functools.lru_cache."""

from functools import lru_cache


def python(costs, texts):
    longest = max(map(len, costs))

    def split(text):
        @lru_cache(maxsize=None)
        def rest(at):
            if at == len(text):
                return 0, 0
            least = (50 + rest(at + 1)[0], 1 + rest(at + 1)[1])
            for end in range(at + 1, min(at + longest, len(text)) + 1):
                cost = costs.get(text[at:end])
                if cost is not None:
                    after = rest(end)
                    least = min(least, (cost + after[0], 1 + after[1]))
            return least

        return rest(0)

    return [split(text) for text in texts]
