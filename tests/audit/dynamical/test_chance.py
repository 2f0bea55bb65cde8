"""The floor of long-term statistics: that of independent runs in chaos, none for cycles and decays."""

import numpy as np
import pytest

from wellposed.audit.dynamical import Runs
from wellposed.audit.dynamical.chance import chance
from wellposed.metrics import invariant_error, spectrum_error
from wellposed.simulate import integrate, lorenz

RNG = np.random.default_rng(3)
TS = np.linspace(0, 20, 401)
AMPLITUDES, PHASES = RNG.uniform(0.5, 2, 8)[:, None], RNG.uniform(0, 6, 8)[:, None]
CIRCLES = np.stack([AMPLITUDES * np.cos(TS[None] + PHASES), AMPLITUDES * np.sin(TS[None] + PHASES)], axis=2)


@pytest.fixture(scope="module")
def chaos():
    starts = RNG.normal(size=(16, 3))
    return integrate(lorenz, starts, np.full(16, 28.0), 0.05 * np.arange(601), 1e-6).states[:, 200:]


def test_in_chaos_it_is_the_distance_of_independent_runs(chaos):
    floor = chance(Runs(chaos[:8]))
    others = list(zip(chaos[:8], chaos[8:], strict=True))
    assert floor.spectrum == pytest.approx(np.mean([spectrum_error(a, b) for a, b in others]), rel=0.4)
    assert floor.invariant == pytest.approx(np.mean([invariant_error(a, b) for a, b in others]), rel=0.6)
    assert floor.spectrum > 0.2  # the limit that a fixed number would be
    assert floor.forgotten > 0.7


def test_one_long_trajectory_is_halved(chaos):
    floors = [chance(Runs(x[None])) for x in chaos[:8]]
    many = chance(Runs(chaos[:8]))
    assert np.mean([f.spectrum for f in floors]) == pytest.approx(many.spectrum, rel=0.4)
    assert np.mean([f.invariant for f in floors]) == pytest.approx(many.invariant, rel=0.4)


@pytest.mark.parametrize("parameters", [None, np.arange(8.0)])
@pytest.mark.parametrize("rate", [0.0, 0.02, 0.3])
def test_cycles_and_decays_are_known_for_ever(rate, parameters):
    floor = chance(Runs(CIRCLES * np.exp(-rate * TS)[None, :, None], parameters))
    assert max(floor.spectrum, floor.invariant) < 0.01


def test_what_is_not_known_does_not_count(chaos):
    cut = chaos[:6].copy()
    cut[0, 30:] = np.nan
    cut[1, 3:] = np.nan
    assert chance(Runs(cut)).spectrum == pytest.approx(chance(Runs(chaos[2:6])).spectrum)
    cut[:, 2:] = np.nan
    assert chance(Runs(cut)) == (0, 0, 0)
