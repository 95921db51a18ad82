"""What the Python sides of the flat pairs answer: known results, and all variants alike."""

import pytest
from agreement import agrees

from flat import interpreter

INPUTS = {
    interpreter: {
        "scripts": [
            "",
            'var a = "zwei\nZeilen → 🦀"; print a + "!"; // remark',
            "fun f(n) { if (n < 2) return n; return f(n - 1) + f(n - 2); } print f(9);",
            "print 1.5;\nprint -nil;",
            'print "open',
        ]
    },
}

VARIANTS = {
    interpreter: ["native"],
}


@pytest.mark.parametrize(
    ("module", "variant"),
    [(module, variant) for module, variants in VARIANTS.items() for variant in variants],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_variants_answer_the_same_twice_and_leave_their_input_alone(module, variant):
    agrees(module, variant, INPUTS[module])


def test_tokens_with_their_lines():
    assert interpreter.tokenize('var a1 = "x\ny"; // no\n <= 1.5.') == [
        ("var", "var", 1),
        ("name", "a1", 1),
        ("=", "=", 1),
        ("text", "x\ny", 1),
        (";", ";", 2),
        ("<=", "<=", 3),
        ("number", "1.5", 3),
        ("wrong", ".", 3),
        ("end", "end", 3),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("print 2 + 3 * 4 - 6 / 4;", "12.5"),
        ("print 8 - 3 - 2;", "3"),
        ("print -7 % 3;", "2"),
        ("print 7 % -3;", "-2"),
        ('print "1" == 1;', "false"),
        ("print true == 1;", "false"),
        ('print nil or "b";', "b"),
        ("print nil and missing;", "nil"),
        ("print !0;", "false"),
        ("{ var a = 1; { var a = a + 1; print a; } }", "2"),
        ("fun f(n) { if (n < 2) return n; return f(n - 1) + f(n - 2); } print f(10);", "55"),
    ],
)
def test_script_values_worked_out_by_hand(source, expected):
    assert interpreter.python([source]) == [{"lines": [expected], "error": None}]


def test_closures_keep_their_variables():
    source = """
        fun make() { var n = 0; fun count() { n = n + 1; return n; } return count; }
        var a = make(); var b = make(); a(); print a(); print b();
    """
    assert interpreter.python([source]) == [{"lines": ["2", "1"], "error": None}]


@pytest.mark.parametrize(
    ("source", "lines", "error"),
    [
        ("print 1;\nprint 1 / 0; print 2;", ["1"], "line 2: division by zero"),
        ("print 1; print 2 % 0;", ["1"], "line 1: division by zero"),
        ("fun f() { f(); } f();", [], "line 1: too many calls inside of calls"),
        ("print 1; var a = 1", [], "line 1: expected ;, not end"),
        ("missing = 1;", [], "line 1: undefined variable missing"),
        ("return;", [], "line 1: return outside of functions"),
    ],
)
def test_script_errors_name_the_line(source, lines, error):
    assert interpreter.python([source]) == [{"lines": lines, "error": error}]
