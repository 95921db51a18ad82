"""What the Python sides of the parallel pairs answer: known results, and all variants alike."""

import random

import pytest
from agreement import agrees, all_variants

from parallel import image_filter, merge_sort, parallel_search

VARIANTS = {
    image_filter: ["numpy", "threads", "processes", "subinterpreters", "native"],
    merge_sort: ["threads", "processes", "subinterpreters", "native"],
    parallel_search: ["threads", "processes", "subinterpreters", "native"],
}

RECORDS = [("ann", 10), ("ann", 9), ("anna", 1), ("an", 2), ("Ann", 3), ("", 4), ("ann", -9)]

INPUTS = {
    image_filter: {
        "width": 13,
        "pixels": bytes(random.Random(1).choices([0, 1, 17, 254, 255], k=13 * 23)),
    },
    merge_sort: {"records": RECORDS * 3},
    parallel_search: {"rows": [63, 63, 47, 63, 62, 63]},
}


@all_variants(VARIANTS)
def test_variants_answer_the_same_twice_and_leave_their_input_alone(module, variant):
    agrees(module, variant, INPUTS[module])


@pytest.mark.parametrize("variant", ["numpy", "threads"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 9), (9, 1), (2, 2), (3, 40)])
def test_pictures_of_any_shape_are_cut_and_put_together(variant, width, height):
    pixels = bytes(random.Random(2).choices(range(256), k=width * height))
    agrees(image_filter, variant, {"width": width, "pixels": pixels})


def test_a_wrong_pixel_goes_and_an_edge_stays():
    pixels = bytearray(49)
    pixels[3 * 7 + 3] = 255
    assert image_filter.python(7, bytes(pixels)) == bytes(49)
    edge = bytes([10, 10, 10, 200, 200, 200, 200] * 7)
    assert image_filter.python(7, edge) == edge


def test_the_thirteenth_of_25_is_taken():
    # 0, 1, … 24 mixed up: 7 and 25 have no common factor.
    assert image_filter.python(5, bytes(at * 7 % 25 for at in range(25)))[12] == 12


def test_beyond_the_edge_the_outermost_pixels_go_on():
    assert list(image_filter.python(2, bytes([0, 255]))) == [0, 255]
    assert list(image_filter.python(1, bytes([0, 255]))) == [0, 255]
    assert image_filter.python(4, bytes([255] * 12)) == bytes([255] * 12)


def test_records_are_sorted_by_name_and_then_by_number():
    assert merge_sort.python(RECORDS) == [4, 3, 2, -9, 9, 10, 1]
    # By code point: after UTF-16, the second would come first.
    assert merge_sort.python([("\U0001f980", 2), ("\uff5e", 1)]) == [1, 2]


def test_open_boards_have_the_known_numbers_of_solutions():
    # A000170 in the On-Line Encyclopedia of Integer Sequences.
    for size, solutions in enumerate([1, 0, 0, 2, 10, 4, 40, 92], 1):
        found = parallel_search.python([(1 << size) - 1] * size)
        assert found["solutions"] == solutions


def test_a_search_followed_by_hand():
    found = parallel_search.python([0b1111] * 4)
    assert found == {"branches": [0, 1, 1, 0], "solutions": 2}
    assert parallel_search.python([0b1111, 0b1110, 0b1111, 0b1111])["solutions"] == 1
    assert parallel_search.python([0, 1])["branches"] == []
