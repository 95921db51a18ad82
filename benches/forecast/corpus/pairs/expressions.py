"""Parse arithmetic expressions by recursive descent, and evaluate their trees."""


class Number:
    def __init__(self, value):
        self.value = value

    def eval(self, env):
        return self.value


class Name:
    def __init__(self, name):
        self.name = name

    def eval(self, env):
        return env[self.name]


class Binary:
    def __init__(self, op, left, right):
        self.op, self.left, self.right = op, left, right

    def eval(self, env):
        a, b = self.left.eval(env), self.right.eval(env)
        if self.op == "+":
            return a + b
        if self.op == "-":
            return a - b
        return a * b % 1000003


class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def sum(self):
        left = self.product()
        while self.peek() in ("+", "-"):
            op = self.peek()
            self.at += 1
            left = Binary(op, left, self.product())
        return left

    def product(self):
        left = self.atom()
        while self.peek() == "*":
            self.at += 1
            left = Binary("*", left, self.atom())
        return left

    def atom(self):
        c = self.peek()
        if c == "(":
            self.at += 1
            inner = self.sum()
            self.at += 1
            return inner
        start = self.at
        if c.isdigit():
            while self.peek().isdigit():
                self.at += 1
            return Number(int(self.text[start : self.at]))
        self.at += 1
        return Name(c)


def python(texts):
    env = {"x": 3, "y": 14, "z": 159}
    out = []
    for text in texts:
        tree = Parser(text).sum()
        total = 0
        for i in range(3):
            env["x"] = i
            total += tree.eval(env)
        out.append(total)
    return out
