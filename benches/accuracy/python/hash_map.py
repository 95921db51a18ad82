"""Words grouped in a dictionary: 100 rounds, or so many percent more."""


class Place:
    def __init__(self, at):
        self.at = at


def work(words, rounds):
    total = 0
    for _ in range(rounds):
        places = {}
        for at, word in enumerate(words):
            places.setdefault(word, []).append(Place(at))
        total += sum(len(group) * group[0].at for group in places.values())
    return total


def python(words):
    return work(words, 100)


def slowed_1(words):
    return work(words, 101)


def slowed_2(words):
    return work(words, 102)


def slowed_5(words):
    return work(words, 105)
