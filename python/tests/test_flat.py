"""What the Python sides of the flat pairs answer: known results, and all variants alike."""

import math

import pytest
from agreement import agrees, all_variants

from flat import event_simulation, interpreter, inverted_index

INPUTS = {
    event_simulation: {
        "stations": [(1, 1), (2, 0)],
        "patients": [
            {"arrival": at, "patience": 5, "urgent": at % 3 == 0, "route": [(0, 4), (at % 2, 9)]}
            for at in (0, 0, 1, 2, 6, 6, 30)
        ],
    },
    interpreter: {
        "scripts": [
            "",
            'var a = "zwei\nZeilen → 🦀"; print a + "!"; // remark',
            "fun f(n) { if (n < 2) return n; return f(n - 1) + f(n - 2); } print f(9);",
            "print 1.5;\nprint -nil;",
            'print "open',
        ]
    },
    inverted_index: {
        "documents": ["Rivers & the town", "", "l'été_à Zürich 42nd", "town of the rivers; town"],
        "queries": ["", "river", "+towns -zürich", '"town river"', "été 42nd nowhere", "-town"],
    },
}

VARIANTS = {
    event_simulation: ["native"],
    interpreter: ["native"],
    inverted_index: ["native"],
}


@all_variants(VARIANTS)
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


def day(*patients):
    """Simulate one station for one at a time, with two seats."""
    keys = "arrival", "patience", "urgent"
    return event_simulation.python(
        [(1, 2)],
        [dict(zip(keys, plan), route=[(0, duration)]) for *plan, duration in patients],
    )


def test_a_day_worked_out_by_hand():
    # The second waits 70 s and the urgent third 40 s, which is called in first; the fourth finds
    # no seat.
    answer = day((0, 9, False, 60), (10, 900, False, 60), (20, 900, True, 20), (30, 900, False, 5))
    assert answer == {
        "closed": 920,
        "events": 9,
        "left": {"finished": 3, "gave_up": 0, "refused": 1},
        "stations": [
            {
                "busy": 140,
                "gave_up": 0,
                "longest_queue": 2,
                "longest_wait": 70,
                "queue_area": 110,
                "refused": 1,
                "served": 3,
                "waited": 110,
            }
        ],
        "stays": [(0, 1), (1, 2), (2, 1)],
    }


@pytest.mark.parametrize(("patience", "finished"), [(49, 1), (50, 2), (51, 2)])
def test_patience_ends_just_before_or_just_after(patience, finished):
    left = day((0, 0, False, 60), (10, patience, False, 1))["left"]
    assert left == {"finished": finished, "gave_up": 2 - finished, "refused": 0}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rivers", "river"),
        ("cities", "city"),
        ("houses", "house"),
        ("boss", "boss"),
        ("virus", "virus"),
        ("aloes", "aloe"),
        ("trees", "tree"),
        ("ies", "y"),
        ("s", ""),
        ("river", "river"),
    ],
)
def test_plurals_lose_their_endings(word, expected):
    assert inverted_index.stem(word) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("apple", [3, 0, 1]),
        ("+red +apple", [0, 1]),
        ("red -apple", [4]),
        ('"red apple"', [0]),
        ('"pear red"', [4]),
        ('"apple apple apple"', [3]),
        ('-"red apple" red', [4, 1]),
        ("-apple", []),
        ('"apple plum"', []),
        ("the", []),
        ('"', []),
    ],
)
def test_documents_are_found_by_words_phrases_and_signs(query, expected):
    documents = ["red apple", "green apple and red pear", "", "apple apple apples", "pear of red"]
    (answer,) = inverted_index.python(documents, [query])["answers"]
    assert answer["hits"] == len(expected)
    assert [number for number, _ in answer["top"]] == expected


def test_nothing_is_found_without_documents():
    (answer,) = inverted_index.python([], ["apple"])["answers"]
    assert answer == {"hits": 0, "top": []}


def test_a_score_worked_out_by_hand():
    answer = inverted_index.python(["a b c c", "b d", ""], ["b"])
    # Lengths are 3 and 2 (a is a stop word), 5 ÷ 3 on average.
    rarity = math.log(1 + 1.5 / 2.5)
    scores = [rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length * 3 / 5)) for length in (2, 3)]
    ((first, second),) = [found["top"] for found in answer["answers"]]
    assert first == (1, pytest.approx(scores[0]))
    assert second == (0, pytest.approx(scores[1]))
    assert (answer["terms"], answer["distinct"]) == (5, 3)
