"""What the Python sides of the hot loops answer: known results, and all variants alike."""

import pytest
from agreement import agrees, all_variants

from hot_loop import checksum, matrix_product, n_body


def body(position, velocity, mass):
    return {"position": position, "velocity": velocity, "mass": mass}


# The Sun rests at first, and is given the momentum of the others.
SUN = body((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 40.0)

INPUTS = {
    checksum: {
        "frames": [
            (b"", 0),
            (b"123456789", 0xCBF43926),
            (b"123456789", 1),
            (bytes(range(256)) * 5, 0),
        ]
    },
    matrix_product: {
        "a": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        "b": [[1.0, 0.5], [0.0, -1.0], [2.0, 4.0]],
    },
    n_body: {
        "bodies": (
            SUN,
            body((1.0, 0.0, 0.0), (0.0, 6.0, 0.5), 0.5),
            body((0.0, 3.0, 0.1), (-3.0, 0.0, 0.0), 0.25),
            body((-5.0, 0.0, 0.0), (0.0, -2.0, -0.25), 0.125),
            body((0.0, -9.0, -0.5), (2.0, 0.0, 0.0), 0.0),
        ),
        "dt": 0.01,
        "steps": 25,
        "every": 10,
    },
}

VARIANTS = {
    checksum: ["zlib", "native"],
    matrix_product: ["numpy", "native"],
    n_body: ["native"],
}


@all_variants(VARIANTS)
def test_variants_answer_the_same_twice_and_leave_their_input_alone(module, variant):
    agrees(module, variant, INPUTS[module])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"", 0),
        (b"a", 0xE8B7BE43),
        (b"123456789", 0xCBF43926),
        (b"The quick brown fox jumps over the lazy dog", 0x414FA339),
        (bytes(32), 0x190A55AD),
        (b"\xff" * 32, 0xFF6CAB0B),
    ],
)
def test_checksums_from_the_standards(message, expected):
    assert checksum.crc32(message) == expected


def test_damaged_frames_are_found():
    answer = checksum.python(**INPUTS[checksum])
    assert answer["checksums"][:3] == [0, 0xCBF43926, 0xCBF43926]
    assert answer["damaged"] == [2, 3]


def test_products_worked_out_by_hand():
    matrices = INPUTS[matrix_product]
    assert matrix_product.product(**matrices) == [[7.0, 10.5], [16.0, 21.0]]
    assert matrix_product.python(**matrices) == {
        "row_sums": [17.5, 37.0],
        "column_sums": [23.0, 31.5],
    }


def test_a_step_worked_out_by_hand():
    # Distance 2, so that the pull is dt / 8 for each unit of mass.
    system = [([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 4.0), ([0.0, 2.0, 0.0], [1.0, 0.0, 0.0], 8.0)]
    assert n_body.energy(system) == 0.5 * 8.0 - 4.0 * 8.0 / 2.0
    n_body.advance(system, 0.5, 1)
    assert system == [
        ([0.0, 0.5, 0.0], [0.0, 1.0, 0.0], 4.0),
        ([0.5, 1.75, 0.0], [1.0, -0.5, 0.0], 8.0),
    ]


@pytest.mark.parametrize(("steps", "notes"), [(0, 1), (1, 2), (10, 2), (11, 3), (25, 4)])
def test_energy_is_noted(steps, notes):
    energies = n_body.python(**dict(INPUTS[n_body], steps=steps))["energies"]
    assert len(energies) == notes
    # The masses of planets are large here and the steps coarse.
    assert energies == pytest.approx([energies[0]] * notes, rel=0.05)


def test_the_whole_system_rests():
    system = n_body.resting(INPUTS[n_body]["bodies"])
    for axis in range(3):
        assert sum(velocity[axis] * mass for _, velocity, mass in system) == pytest.approx(0.0)
