"""What the Python sides of the pairs answer: known results, and all variants alike.

That they answer the same as the Rust sides is for the harness to prove, before each measurement.
"""

import json
import math

import pytest
from agreement import agrees, all_variants

from flat import binary_trees, json_events
from hot_loop import edit_distance, mandelbrot
from parallel import monte_carlo, word_count

# A square of nine points: the corners leave at once, two of the others stay.
WINDOW = {"width": 3, "height": 3, "max_iter": 10, "x_min": -2.0, "y_min": -2.0, "step": 2.0}

# Hull's example (Options, Futures, and Other Derivatives): the European call is worth 4.76.
HULL = {"spot": 42.0, "strike": 40.0, "rate": 0.1, "volatility": 0.2, "years": 0.5}

DOCUMENTS = ["The cat, the dog — THE END.", "", "l'été: Été-2024; «été» straße_x"]

EVENT = '{"user":"ann","kind":"click","cents":1,"at":1704067201,"tags":["x"]}'

INPUTS = {
    mandelbrot: {
        "width": 23,
        "height": 17,
        "max_iter": 60,
        "x_min": -2.2,
        "y_min": -1.1,
        "step": 0.14,
    },
    edit_distance: {
        "pairs": [
            ("kitten", "sitting"),
            ("", ""),
            ("", "ü"),
            ("straße", "strasse"),
            ("日本語", "日本"),
        ]
    },
    binary_trees: {"seed": 77, "forests": [(9, 0), (4, 2), (1, 5)]},
    json_events: {"lines": [EVENT, EVENT.replace("ann", "zoë"), EVENT[:-1], "[]", ""]},
    monte_carlo: {
        "market": HULL,
        "step_pairs": 3,
        "chunks": [(20, 11 + i, 22 + i) for i in range(9)] + [(1, 5, 5)],
    },
    word_count: {"documents": DOCUMENTS * 7, "top": 4},
}

VARIANTS = {
    mandelbrot: ["numpy", "native"],
    edit_distance: ["native"],
    binary_trees: ["native"],
    json_events: ["native"],
    monte_carlo: ["threads", "processes", "subinterpreters", "native"],
    word_count: ["threads", "processes", "subinterpreters", "native"],
}


@all_variants(VARIANTS)
def test_variants_answer_the_same_twice_and_leave_their_input_alone(module, variant):
    agrees(module, variant, INPUTS[module])


def test_escape_times_worked_out_by_hand():
    assert mandelbrot.escape(0.0, 0.0, 50) == 50  # stays at 0
    assert mandelbrot.escape(-1.0, 0.0, 50) == 50  # swings between 0 and -1
    assert mandelbrot.escape(-2.0, 0.0, 50) == 50  # reaches 2, which has not left the circle
    assert mandelbrot.escape(2.0, 0.0, 50) == 2  # 0, 2, 6
    assert mandelbrot.escape(1.0, 0.0, 50) == 3  # 0, 1, 2, 5
    assert mandelbrot.escape(0.0, 2.0, 50) == 2  # 0, 2i, -4 + 2i
    assert mandelbrot.python(**WINDOW) == {"inside": 2, "row_sums": [4, 22, 4]}


def test_the_numpy_picture_where_no_point_is_left():
    if mandelbrot.np is None:
        pytest.skip("NumPy is not installed")
    far = dict(WINDOW, x_min=10.0)
    assert mandelbrot.numpy(**far) == {"inside": 0, "row_sums": [3, 3, 3]}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("kitten", "sitting", 3),
        ("saturday", "sunday", 3),
        ("flaw", "lawn", 2),
        ("intention", "execution", 5),
        ("", "abc", 3),
        ("", "", 0),
        ("straße", "strasse", 2),
        ("日本語", "日本", 1),
    ],
)
def test_distances_from_the_textbook(a, b, expected):
    assert edit_distance.distance(a, b) == edit_distance.distance(b, a) == expected


def test_distances_are_counted():
    pairs = [("kitten", "sitting"), ("flaw", "lawn"), ("a", "a"), ("", "abc")]
    expected = {"distances": [3, 2, 0, 3], "histogram": [1, 0, 1, 2]}
    assert edit_distance.python(pairs) == expected
    assert edit_distance.python([]) == {"distances": [], "histogram": []}


def test_tree_sums_worked_out_by_hand():
    # 5 over 10 and 11, before and after they change sides.
    before, after = 5 + 31 * 10 + 17 * 11, 5 + 31 * 11 + 17 * 10
    assert binary_trees.python(5, [(2, 0), (1, 1)]) == {
        "long_lived": before,
        "sums": [(5 + 6) * 4, before + 3 * after],
    }
    # 1 over (2 over 4 and 5) and (3 over 6 and 7).
    left, right = 2 + 31 * 4 + 17 * 5, 3 + 31 * 6 + 17 * 7
    assert binary_trees.check(binary_trees.build(2, 1)) == 1 + 31 * left + 17 * right


def test_what_is_far_down_in_a_tree_counts():
    sums = [binary_trees.check(binary_trees.build(depth, 5)) for depth in range(12)]
    assert len(set(sums)) == len(sums)


def test_a_report_worked_out_by_hand():
    lines = [
        '{"user":"zo\\u00eb","kind":"view","cents":5,"at":1704067200,"tags":["b","a"]}',
        '{"tags":["b"],"at":1704070800,"cents":10,"kind":"view","user":"zoë","more":{"x":[1.5]}}',
        '{"user":"ann","kind":"click","cents":1,"at":1704067201,"tags":[]}',
    ]
    result = json_events.python(lines)
    assert (result["accepted"], result["rejected"]) == (3, {})
    report = result["report"].split("\n")
    assert report[0] == (
        '{"count":1,"first":1704067201,"kind":"click","last":1704067201,'
        '"max":1,"mean":1.0,"min":1,"sum":1,"user":"ann"}'
    )
    assert report[1] == (
        '{"count":2,"first":1704067200,"kind":"view","last":1704070800,'
        '"max":10,"mean":7.5,"min":5,"sum":15,"user":"zoë"}'
    )
    assert [json.loads(line)["hour"] for line in report[2:4]] == [0, 1]
    assert report[4:] == ['{"tags":{"a":1,"b":2}}']


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("}", "", "malformed"),
        ('"', "'", "malformed"),
        ("}", "},", "malformed"),
        ('"user"', '"name"', "missing_field"),
        ('"ann"', "null", "missing_field"),
        ('"ann"', "17", "wrong_type"),
        ('"cents":1', '"cents":true', "wrong_type"),
        ('"cents":1', '"cents":1.0', "wrong_type"),
        ('"x"', "null", "wrong_type"),
        (EVENT, "[]", "wrong_type"),
        (EVENT, "null", "wrong_type"),
        (EVENT, "", "malformed"),
        ("click", "Click", "unknown_kind"),
        ('"cents":1', '"cents":0', "out_of_range"),
        ("1704067201", "1704067199", "out_of_range"),
        ("ann", "", "out_of_range"),
    ],
)
def test_every_fault_has_its_reason(old, new, reason):
    expected = {"accepted": 0, "rejected": {reason: 1}, "report": '{"tags":{}}'}
    assert json_events.python([EVENT.replace(old, new)]) == expected


def test_the_european_price_is_that_of_black_and_scholes():
    paths = 20_000
    chunks = [(paths // 2, 12345, 67890), (paths // 2, 98765, 43210)]
    result = monte_carlo.python(HULL, 2, chunks)
    price = result["european"]
    error = math.sqrt((result["european_mean_square"] - price * price) / paths)
    assert abs(price - black_scholes(**HULL)) < 4 * error
    # The mean of prices moves less than the last price.
    assert 2.0 < result["asian"] < price


def black_scholes(spot, strike, rate, volatility, years):
    """Return the price of the European call by the closed formula."""
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    normal = [(1 + math.erf(d / math.sqrt(2))) / 2 for d in (d1, d1 - spread)]
    return spot * normal[0] - strike * math.exp(-rate * years) * normal[1]


def test_without_noise_the_price_is_certain():
    result = monte_carlo.python(dict(HULL, volatility=0.0), 1, [(3, 1, 1)])
    discount = math.exp(-0.05)
    assert result["european"] == pytest.approx(42 - 40 * discount, rel=1e-12)
    mean = 42 * (math.exp(0.025) + math.exp(0.05)) / 2
    assert result["asian"] == pytest.approx((mean - 40) * discount, rel=1e-12)


def test_words_counted_by_hand():
    # the 3, été 3, and once each: 2024, cat, dog, end, l, straße, x.
    assert word_count.python(DOCUMENTS, 3) == {
        "distinct": 9,
        "once": 7,
        "top": [("the", 3), ("été", 3), ("2024", 1)],
        "total": 13,
    }
