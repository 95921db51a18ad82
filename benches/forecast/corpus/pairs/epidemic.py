"""Simulate an epidemic among people who meet at random, with random numbers of its own."""

HEALTHY, ILL, IMMUNE = range(3)


class Random:
    """The generator of Park and Miller."""

    def __init__(self, seed):
        self.state = seed % 2147483646 + 1

    def below(self, n):
        self.state = self.state * 48271 % 2147483647
        return self.state % n


class Person:
    __slots__ = ("days", "friends", "state")

    def __init__(self):
        self.state = HEALTHY
        self.days = 0
        self.friends = []


def python(people, days, seed):
    random = Random(seed)
    crowd = [Person() for _ in range(people)]
    for person in crowd:
        person.friends = [crowd[random.below(people)] for _ in range(6)]
    for _ in range(1 + people // 100):
        crowd[random.below(people)].state = ILL
    curve = []
    for _ in range(days):
        newly = []
        for person in crowd:
            if person.state != ILL:
                continue
            for friend in person.friends:
                if friend.state == HEALTHY and random.below(100) < 12:
                    newly.append(friend)
            person.days += 1
            if person.days > 5 and random.below(4) == 0:
                person.state = IMMUNE
        for person in newly:
            person.state = ILL
        curve.append(sum(1 for person in crowd if person.state == ILL))
    return [curve, sum(1 for person in crowd if person.state == HEALTHY)]
