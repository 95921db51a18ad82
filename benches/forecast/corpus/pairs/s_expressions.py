"""Read expressions in parentheses by recursive descent, and evaluate them."""


class Reader:
    def __init__(self, text):
        self.tokens = text.replace("(", " ( ").replace(")", " ) ").split()
        self.at = 0

    def expression(self):
        token = self.tokens[self.at]
        self.at += 1
        if token == "(":
            items = []
            while self.tokens[self.at] != ")":
                items.append(self.expression())
            self.at += 1
            return items
        try:
            return int(token)
        except ValueError:
            return token


def evaluate(expression, scope):
    if isinstance(expression, int):
        return expression
    if isinstance(expression, str):
        while expression not in scope[0]:
            scope = scope[1]
        return scope[0][expression]
    head = expression[0]
    if head == "if":
        _, condition, yes, no = expression
        return evaluate(yes if evaluate(condition, scope) else no, scope)
    if head == "let":
        _, name, value, body = expression
        return evaluate(body, ({name: evaluate(value, scope)}, scope))
    if head == "fold":
        _, name, start, count, body = expression
        total = evaluate(start, scope)
        for i in range(evaluate(count, scope) % 10):
            total = evaluate(body, ({name: total, "i": i}, scope))
        return total
    values = [evaluate(item, scope) for item in expression[1:]]
    if head == "+":
        return sum(values) % 1000003
    if head == "*":
        product = 1
        for value in values:
            product = product * value % 1000003
        return product
    if head == "<":
        return int(values[0] < values[1])
    return max(values)


def python(texts):
    scope = ({"x": 7, "y": 11}, None)
    return [evaluate(Reader(text).expression(), scope) for text in texts]
