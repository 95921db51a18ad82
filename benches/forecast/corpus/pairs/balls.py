"""Move balls in a box: small objects with methods and an overloaded operator."""


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def scaled(self, k):
        return Vector(self.x * k, self.y * k)


class Ball:
    def __init__(self, position, velocity):
        self.position = position
        self.velocity = velocity
        self.bounces = 0

    def step(self, dt, box):
        self.position = self.position + self.velocity.scaled(dt)
        if not 0.0 <= self.position.x <= box.width:
            self.velocity.x = -self.velocity.x
            self.bounces += 1
        if not 0.0 <= self.position.y <= box.height:
            self.velocity.y = -self.velocity.y
            self.bounces += 1


class Box:
    def __init__(self, width, height, balls):
        self.width = width
        self.height = height
        self.balls = balls

    def step(self, dt):
        for ball in self.balls:
            ball.step(dt, self)


def python(width, height, balls, steps):
    box = Box(width, height, [Ball(Vector(*p), Vector(*q)) for p, q in balls])
    for _ in range(steps):
        box.step(0.01)
    return [[b.position.x, b.position.y, b.bounces] for b in box.balls]
