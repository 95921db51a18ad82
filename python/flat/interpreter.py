"""A small scripting language: tokens, a syntax tree, and an interpreter that walks it.

Rules that customers write, templates, formulas in a spreadsheet, queries, the language of a game or
of a course on compilers: such programs are many small functions that call one another over a tree
of small objects. The language is Lox, from Robert Nystrom's *Crafting Interpreters*, without
classes and with ``%``. Scripts are short and run once, as rules and templates do.

It does not show what compiling to bytecode or to closures would gain, in either language: both
sides walk the tree.
"""

import operator
import re

try:
    from pairbench_native import interpreter as ext
except ImportError:
    ext = None

TOKEN = re.compile(
    r"""
    (?P<blank> (?: [ \t\r\n]+ | //[^\n]* )+ )
    | (?P<name> [A-Za-z_][A-Za-z_0-9]* )
    | (?P<number> [0-9]+ (?: \.[0-9]+ )? )
    | (?P<symbol> [!=<>]=? | [-+*/%(){},;] )
    | (?P<text> "[^"]*" )
    | (?P<wrong> . )
    """,
    re.VERBOSE,
)
WORDS = {"nil": None, "true": True, "false": False}
KEYWORDS = frozenset(
    ("and", "else", "for", "fun", "if", "or", "print", "return", "var", "while", *WORDS)
)
# How tightly an operator binds its two sides; all of them are associative to the left.
PRECEDENCE = {"or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
PRECEDENCE.update({"+": 5, "-": 5, "*": 6, "/": 6, "%": 6})
ON_NUMBERS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
# Calls inside of calls, before a script is stopped.
DEEPEST = 60


class ScriptError(Exception):
    """What is wrong with a script, and in which line."""

    def __init__(self, line, message):
        super().__init__(f"line {line}: {message}")


def tokenize(source):
    """Return kind, text and line of every token; the kind of a keyword or symbol is its text.

    What is no token is left to the parser, which expects something else there.
    """
    tokens = []
    line = 1
    for match in TOKEN.finditer(source):
        kind = match.lastgroup
        text = match.group()
        if kind == "blank":
            line += text.count("\n")
            continue
        if kind == "symbol" or text in KEYWORDS:
            tokens.append((text, text, line))
        elif kind == "text":
            tokens.append((kind, text[1:-1], line))
            line += text.count("\n")
        else:
            tokens.append((kind, text, line))
    tokens.append(("end", "end", line))
    return tokens


class Constant:
    """A number, a text, true, false or nil."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def evaluate(self, machine, scope):
        """Return the value."""
        return self.value


class Local:
    """A variable of a block or function, by where it stands."""

    __slots__ = ("hops", "slot")

    def __init__(self, hops, slot):
        self.hops = hops
        self.slot = slot

    def evaluate(self, machine, scope):
        """Look the value up."""
        hops = self.hops
        while hops:
            scope = scope.enclosing
            hops -= 1
        return scope.values[self.slot]

    def assign(self, machine, scope, value):
        """Change the value."""
        for _ in range(self.hops):
            scope = scope.enclosing
        scope.values[self.slot] = value


class Global:
    """A variable of the script, by its name: functions may use it before it is declared."""

    __slots__ = ("line", "name")

    def __init__(self, name, line):
        self.name = name
        self.line = line

    def evaluate(self, machine, scope):
        """Look the value up."""
        try:
            return machine.globals[self.name]
        except KeyError:
            raise ScriptError(self.line, f"undefined variable {self.name}") from None

    def assign(self, machine, scope, value):
        """Change the value."""
        if self.name not in machine.globals:
            raise ScriptError(self.line, f"undefined variable {self.name}")
        machine.globals[self.name] = value


class Assign:
    """A variable and its new value."""

    __slots__ = ("target", "value")

    def __init__(self, target, value):
        self.target = target
        self.value = value

    def evaluate(self, machine, scope):
        """Change the variable, and return the value."""
        value = self.value.evaluate(machine, scope)
        self.target.assign(machine, scope, value)
        return value


class OnNumbers:
    """An operator that takes two numbers."""

    __slots__ = ("left", "line", "operation", "right")

    def __init__(self, left, operation, right, line):
        self.left = left
        self.operation = operation
        self.right = right
        self.line = line

    def evaluate(self, machine, scope):
        """Compute both sides, then the result."""
        left = self.left.evaluate(machine, scope)
        right = self.right.evaluate(machine, scope)
        if type(left) is not float or type(right) is not float:
            raise ScriptError(self.line, "operands must be numbers")
        try:
            return self.operation(left, right)
        except ZeroDivisionError:
            raise ScriptError(self.line, "division by zero") from None


class Add:
    """The sum of two numbers, or two texts in a row."""

    __slots__ = ("left", "line", "right")

    def __init__(self, left, right, line):
        self.left = left
        self.right = right
        self.line = line

    def evaluate(self, machine, scope):
        """Compute both sides, then the result."""
        left = self.left.evaluate(machine, scope)
        right = self.right.evaluate(machine, scope)
        kind = type(left)
        if kind is not type(right) or (kind is not float and kind is not str):
            raise ScriptError(self.line, "operands must be two numbers or two texts")
        return left + right


class Equal:
    """Whether two values are the same (or are not)."""

    __slots__ = ("expected", "left", "right")

    def __init__(self, left, right, expected):
        self.left = left
        self.right = right
        self.expected = expected

    def evaluate(self, machine, scope):
        """Compare; values of different types are never equal."""
        left = self.left.evaluate(machine, scope)
        right = self.right.evaluate(machine, scope)
        return (type(left) is type(right) and left == right) is self.expected


class Logical:
    """The first side, if that decides, or else the second."""

    __slots__ = ("decides", "left", "right")

    def __init__(self, left, right, decides):
        self.left = left
        self.right = right
        self.decides = decides

    def evaluate(self, machine, scope):
        """Compute the second side only where it counts."""
        left = self.left.evaluate(machine, scope)
        if is_true(left) is self.decides:
            return left
        return self.right.evaluate(machine, scope)


class Not:
    """The opposite."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def evaluate(self, machine, scope):
        """Return true for what is false or nil."""
        return not is_true(self.value.evaluate(machine, scope))


class Negative:
    """A number with the other sign."""

    __slots__ = ("line", "value")

    def __init__(self, value, line):
        self.value = value
        self.line = line

    def evaluate(self, machine, scope):
        """Negate."""
        value = self.value.evaluate(machine, scope)
        if type(value) is not float:
            raise ScriptError(self.line, "operand must be a number")
        return -value


class Call:
    """A function and its arguments."""

    __slots__ = ("arguments", "callee", "line")

    def __init__(self, callee, arguments, line):
        self.callee = callee
        self.arguments = arguments
        self.line = line

    def evaluate(self, machine, scope):
        """Compute the arguments, then call."""
        function = self.callee.evaluate(machine, scope)
        values = [argument.evaluate(machine, scope) for argument in self.arguments]
        if type(function) is not Function:
            raise ScriptError(self.line, "only functions can be called")
        if len(values) != function.code.arity:
            raise ScriptError(
                self.line, f"expected {function.code.arity} arguments, not {len(values)}"
            )
        if machine.depth == DEEPEST:
            raise ScriptError(self.line, "too many calls inside of calls")
        machine.depth += 1
        result = execute(function.code.body, machine, Scope(values, function.closure))
        machine.depth -= 1
        return None if result is None else result[0]


class Code:
    """What a function does, wherever it is made; evaluates to the function."""

    __slots__ = ("arity", "body", "name")

    def __init__(self, name, arity, body):
        self.name = name
        self.arity = arity
        self.body = body

    def evaluate(self, machine, scope):
        """Make the function, which keeps the variables around it."""
        return Function(self, scope)


class Expression:
    """A statement that only computes."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def execute(self, machine, scope):
        """Compute, and forget the value."""
        self.value.evaluate(machine, scope)


class Print:
    """Writes a line."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def execute(self, machine, scope):
        """Compute and write."""
        machine.lines.append(written(self.value.evaluate(machine, scope)))


class Declare:
    """Makes a variable: in a block by its place, which is the next, outside by its name."""

    __slots__ = ("name", "value")

    def __init__(self, name, value):
        self.name = name
        self.value = value

    def execute(self, machine, scope):
        """Compute the value, then make the variable."""
        value = self.value.evaluate(machine, scope)
        if scope is None:
            machine.globals[self.name] = value
        else:
            scope.values.append(value)


class If:
    """One of two statements."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, condition, then, otherwise):
        self.condition = condition
        self.then = then
        self.otherwise = otherwise

    def execute(self, machine, scope):
        """Decide, and go on there."""
        if is_true(self.condition.evaluate(machine, scope)):
            return self.then.execute(machine, scope)
        if self.otherwise is not None:
            return self.otherwise.execute(machine, scope)
        return None


class While:
    """A statement again and again; a ``for`` has a step after each."""

    __slots__ = ("body", "condition", "step")

    def __init__(self, condition, body, step):
        self.condition = condition
        self.body = body
        self.step = step

    def execute(self, machine, scope):
        """Go on until the condition is false, or the body returns."""
        while is_true(self.condition.evaluate(machine, scope)):
            result = self.body.execute(machine, scope)
            if result is not None:
                return result
            if self.step is not None:
                self.step.evaluate(machine, scope)
        return None


class Return:
    """The end of a call."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def execute(self, machine, scope):
        """Return the value in a tuple, as it may be nil."""
        return (self.value.evaluate(machine, scope),)


class Block:
    """Statements with variables of their own."""

    __slots__ = ("statements",)

    def __init__(self, statements):
        self.statements = statements

    def execute(self, machine, scope):
        """Go through the statements in a new scope."""
        return execute(self.statements, machine, Scope([], scope))


def execute(statements, machine, scope):
    """Go through the statements. None means go on; a tuple has what the function returns."""
    for statement in statements:
        result = statement.execute(machine, scope)
        if result is not None:
            return result
    return None


class Scope:
    """The variables of a block or call that is running, and the scope around it."""

    __slots__ = ("enclosing", "values")

    def __init__(self, values, enclosing):
        self.values = values
        self.enclosing = enclosing


class Function:
    """A function as a value: its code, and the scope that it was made in."""

    __slots__ = ("closure", "code")

    def __init__(self, code, closure):
        self.code = code
        self.closure = closure


class Machine:
    """What a running script has: its global variables, what it wrote, and how deep calls are."""

    __slots__ = ("depth", "globals", "lines")

    def __init__(self):
        self.globals = {}
        self.lines = []
        self.depth = 0


def is_true(value):
    """Everything counts as true but false and nil."""
    return value is not None and value is not False


def written(value):
    """Return a value as ``print`` shows it."""
    if value is None:
        return "nil"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if type(value) is float:
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if type(value) is str:
        return value
    return f"<fun {value.code.name}>"


class Parser:
    """Makes the tree of a script, by recursive descent."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.at = 0
        # The names of each scope that is open, the innermost last; outside of all are globals.
        self.scopes = []
        self.functions = 0

    def peek(self):
        """Return the kind of the next token."""
        return self.tokens[self.at][0]

    def accept(self, kind):
        """Take the next token if it is of this kind."""
        if self.tokens[self.at][0] == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind):
        """Take the next token, which must be of this kind, and return its text."""
        found, text, line = self.tokens[self.at]
        if found != kind:
            raise ScriptError(line, f"expected {kind}, not {text}")
        self.at += 1
        return text

    def script(self):
        """Parse everything."""
        statements = []
        while not self.accept("end"):
            statements.append(self.declaration())
        return statements

    def declaration(self):
        """Parse a declaration or a statement."""
        if self.accept("fun"):
            return self.function()
        if self.accept("var"):
            return self.variable()
        return self.statement()

    def declare(self, name, line):
        """Add a name to the innermost scope."""
        if self.scopes:
            names = self.scopes[-1]
            if name in names:
                raise ScriptError(line, f"{name} is declared twice")
            names.append(name)

    def function(self):
        """Parse the rest of a function; its parameters and its body are one scope."""
        line = self.tokens[self.at][2]
        name = self.expect("name")
        self.declare(name, line)
        self.expect("(")
        parameters = []
        self.scopes.append(parameters)
        self.functions += 1
        if self.peek() != ")":
            self.declare(self.expect("name"), line)
            while self.accept(","):
                self.declare(self.expect("name"), line)
        arity = len(parameters)
        self.expect(")")
        self.expect("{")
        body = self.statements()
        self.functions -= 1
        self.scopes.pop()
        return Declare(name, Code(name, arity, body))

    def variable(self):
        """Parse the rest of a variable, whose name is not known in its own value."""
        line = self.tokens[self.at][2]
        name = self.expect("name")
        value = self.expression() if self.accept("=") else Constant(None)
        self.expect(";")
        self.declare(name, line)
        return Declare(name, value)

    def statements(self):
        """Parse what is in a block, up to its end."""
        statements = []
        while not self.accept("}"):
            statements.append(self.declaration())
        return statements

    def statement(self):
        """Parse what is no declaration."""
        if self.accept("{"):
            self.scopes.append([])
            block = Block(self.statements())
            self.scopes.pop()
            return block
        if self.accept("if"):
            condition = self.condition()
            then = self.statement()
            return If(condition, then, self.statement() if self.accept("else") else None)
        if self.accept("for"):
            return self.loop()
        if self.accept("while"):
            return While(self.condition(), self.statement(), None)
        if self.peek() == "return":
            return self.result()
        kind = Print if self.accept("print") else Expression
        statement = kind(self.expression())
        self.expect(";")
        return statement

    def condition(self):
        """Parse an expression in parentheses."""
        self.expect("(")
        condition = self.expression()
        self.expect(")")
        return condition

    def loop(self):
        """Parse the rest of a ``for``; its variable has a scope around the loop."""
        self.expect("(")
        self.scopes.append([])
        statements = []
        if self.accept("var"):
            statements.append(self.variable())
        elif not self.accept(";"):
            statements.append(Expression(self.expression()))
            self.expect(";")
        condition = Constant(True) if self.peek() == ";" else self.expression()
        self.expect(";")
        step = None if self.peek() == ")" else self.expression()
        self.expect(")")
        statements.append(While(condition, self.statement(), step))
        self.scopes.pop()
        return Block(statements)

    def result(self):
        """Parse a ``return``."""
        _, _, line = self.tokens[self.at]
        if not self.functions:
            raise ScriptError(line, "return outside of functions")
        self.at += 1
        value = Constant(None) if self.peek() == ";" else self.expression()
        self.expect(";")
        return Return(value)

    def expression(self):
        """Parse an expression, which may be an assignment."""
        value = self.binary(1)
        line = self.tokens[self.at][2]
        if not self.accept("="):
            return value
        if type(value) is not Local and type(value) is not Global:
            raise ScriptError(line, "only variables can be assigned to")
        return Assign(value, self.expression())

    def binary(self, level):
        """Parse operators that bind at least as tightly as ``level``."""
        left = self.unary()
        while True:
            kind, _, line = self.tokens[self.at]
            precedence = PRECEDENCE.get(kind, 0)
            if precedence < level:
                return left
            self.at += 1
            right = self.binary(precedence + 1)
            if kind == "+":
                left = Add(left, right, line)
            elif kind in ON_NUMBERS:
                left = OnNumbers(left, ON_NUMBERS[kind], right, line)
            elif precedence <= 2:
                left = Logical(left, right, kind == "or")
            else:
                left = Equal(left, right, kind == "==")

    def unary(self):
        """Parse what comes before, and after that a call or a single token."""
        if self.accept("!"):
            return Not(self.unary())
        line = self.tokens[self.at][2]
        if self.accept("-"):
            return Negative(self.unary(), line)
        callee = self.primary()
        while self.peek() == "(":
            callee = self.call(callee)
        return callee

    def call(self, callee):
        """Parse the arguments of a call."""
        line = self.tokens[self.at][2]
        self.at += 1
        arguments = []
        if not self.accept(")"):
            arguments.append(self.expression())
            while self.accept(","):
                arguments.append(self.expression())
            self.expect(")")
        return Call(callee, arguments, line)

    def primary(self):
        """Parse a single token, or an expression in parentheses."""
        kind, text, line = self.tokens[self.at]
        self.at += 1
        if kind == "name":
            return self.resolve(text, line)
        if kind == "number":
            return Constant(float(text))
        if kind == "text":
            return Constant(text)
        if kind in WORDS:
            return Constant(WORDS[kind])
        if kind != "(":
            raise ScriptError(line, f"expected an expression, not {text}")
        value = self.expression()
        self.expect(")")
        return value

    def resolve(self, name, line):
        """Find the scope that a name belongs to."""
        for hops, names in enumerate(reversed(self.scopes)):
            if name in names:
                return Local(hops, names.index(name))
        return Global(name, line)


def run(tokenize, source):
    """Run one script: the lines that it wrote, and the error that ended it, if any."""
    machine = Machine()
    error = None
    try:
        execute(Parser(tokenize(source)).script(), machine, None)
    except ScriptError as problem:
        error = str(problem)
    return {"lines": machine.lines, "error": error}


def python(scripts):
    """Compute everything in plain Python."""
    return [run(tokenize, source) for source in scripts]


def native(scripts):
    """Call Rust for ``tokenize``, once a script: a third of the time, though ``re`` is C already.

    Rust makes the same tuples; parsing and running them stays here.
    """
    return [run(ext.tokenize, source) for source in scripts]
