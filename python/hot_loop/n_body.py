"""The Sun and its four giant planets, moved step by step under their gravity.

Celestial mechanics, molecular dynamics, particles in games and every other simulation that sums
forces over pairs of bodies look like this: a few objects with a handful of floats each, and one
double loop over them that runs for nearly all of the time. The problem is that of the well-known
benchmark of the same name.

It does not show what many bodies would ask for: trees or grids instead of all pairs, arrays that
do not fit into a cache, NumPy. With five bodies there is nothing for an array library to do at
once. And no side uses vector instructions explicitly, which the fastest published programs do.
"""

from contextlib import nullcontext
from itertools import combinations
from math import sqrt

try:
    from pairbench_native import n_body as ext
except ImportError:
    ext = None


def resting(bodies):
    """Copy the bodies, and give the first one the momentum that lets the whole system rest."""
    system = [(list(b["position"]), list(b["velocity"]), b["mass"]) for b in bodies]
    _, first, first_mass = system[0]
    for axis in range(3):
        # Not sum(), which rounds in another way since Python 3.12.
        momentum = 0.0
        for _, velocity, mass in system[1:]:
            momentum += velocity[axis] * mass
        first[axis] = -momentum / first_mass
    return system


def advance(system, dt, steps):
    """Move all bodies by some steps: velocities by the forces of all pairs, then positions."""
    pairs = list(combinations(system, 2))
    for _ in range(steps):
        for ([x1, y1, z1], v1, mass1), ([x2, y2, z2], v2, mass2) in pairs:
            dx = x1 - x2
            dy = y1 - y2
            dz = z1 - z2
            squared = dx * dx + dy * dy + dz * dz
            pull = dt / (squared * sqrt(squared))
            pull1 = mass1 * pull
            pull2 = mass2 * pull
            v1[0] -= dx * pull2
            v1[1] -= dy * pull2
            v1[2] -= dz * pull2
            v2[0] += dx * pull1
            v2[1] += dy * pull1
            v2[2] += dz * pull1
        for position, (vx, vy, vz), _ in system:
            position[0] += dt * vx
            position[1] += dt * vy
            position[2] += dt * vz


def energy(system):
    """Return the kinetic and potential energy of all bodies."""
    total = 0.0
    for _, (vx, vy, vz), mass in system:
        total += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
    for ([x1, y1, z1], _, mass1), ([x2, y2, z2], _, mass2) in combinations(system, 2):
        dx = x1 - x2
        dy = y1 - y2
        dz = z1 - z2
        total -= mass1 * mass2 / sqrt(dx * dx + dy * dy + dz * dz)
    return total


def simulate(advance, bodies, dt, steps, every):
    """Move the bodies, and note the energy after each ``every`` steps and at the end."""
    system = resting(bodies)
    energies = [energy(system)]
    for start in range(0, steps, every):
        advance(system, dt, min(every, steps - start))
        energies.append(energy(system))
    return {
        "energies": energies,
        "positions": [position for position, _, _ in system],
        "velocities": [velocity for _, velocity, _ in system],
    }


def python(bodies, dt, steps, every):
    """Compute everything in plain Python."""
    return simulate(advance, bodies, dt, steps, every)


def advance_arrays(positions, velocities, masses, dt, steps):
    """Move all bodies likewise, on arrays."""
    for _ in range(steps):
        for i in range(len(masses)):
            for j in range(i + 1, len(masses)):
                dx = positions[i, 0] - positions[j, 0]
                dy = positions[i, 1] - positions[j, 1]
                dz = positions[i, 2] - positions[j, 2]
                squared = dx * dx + dy * dy + dz * dz
                pull = dt / (squared * sqrt(squared))
                pull1 = masses[i] * pull
                pull2 = masses[j] * pull
                velocities[i, 0] -= dx * pull2
                velocities[i, 1] -= dy * pull2
                velocities[i, 2] -= dz * pull2
                velocities[j, 0] += dx * pull1
                velocities[j, 1] += dy * pull1
                velocities[j, 2] += dz * pull1
        for i in range(len(masses)):
            for axis in range(3):
                positions[i, axis] += dt * velocities[i, axis]


def setup_numba():
    """Compile ``advance_arrays``, or load what was compiled before."""
    import numpy as np
    from numba import njit

    signature = "(float64[:, ::1], float64[:, ::1], float64[::1], float64, int64)"
    compiled = njit(signature, cache=True)(advance_arrays)

    def advance(system, dt, steps):
        positions, velocities, masses = map(np.array, zip(*system))
        compiled(positions, velocities, masses, dt, steps)
        for (position, velocity, _), x, v in zip(system, positions.tolist(), velocities.tolist()):
            position[:] = x
            velocity[:] = v

    return nullcontext(advance)


def numba(advance, bodies, dt, steps, every):
    """Call ``advance_arrays`` as Numba compiled it, once a note of the energy."""
    return simulate(advance, bodies, dt, steps, every)


def native(bodies, dt, steps, every):
    """Call Rust for ``advance``, once a note of the energy; it changes the same lists in place."""
    return simulate(ext.advance, bodies, dt, steps, every)
