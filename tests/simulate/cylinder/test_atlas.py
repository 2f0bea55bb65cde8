"""A tiny atlas: its parts fit together, and a stage that was kept is not computed again."""

import jax
import numpy as np
import pytest

from wellposed.simulate.cylinder import AtlasSettings, reflected, wake_atlas
from wellposed.simulate.cylinder.atlas import window

TINY = AtlasSettings(
    order=4,
    step=0.04,
    low=40.0,
    high=60.0,
    runs=4,
    modes=2,
    basis=5,
    pilots=2,
    bands=2,
    near=(45.0, 55.0),
    rest=20.0,
    grow=2.0,
    settle=0.4,
    length=2.0,
    interval=0.1,
    columns=(-6.0, -1.5, 1.5, 4.0, 8.0),
    rows=(-5.0, -1.5, 1.5, 5.0),
)


@pytest.fixture(scope="module")
def kept():
    stages = {}

    def keep(name, compute):
        if name not in stages:
            stages[name] = compute()
        return stages[name]

    with jax.enable_x64(True):
        yield wake_atlas(jax.random.key(0), TINY, keep), stages, keep


def test_trajectories_are_coefficients_in_the_modes(kept):
    atlas, _, _ = kept
    found = atlas.trajectories
    assert found.states.shape == (4, 21, 2)
    assert (np.diff(found.parameters) > 0).all()
    assert 40 < found.parameters.min() < found.parameters.max() < 60
    np.testing.assert_allclose(atlas.modes.coefficients(atlas.modes.fields), np.eye(2), atol=1e-10)
    np.testing.assert_allclose(np.mean(found.states**2, axis=(0, 1)), atlas.modes.energies[:2], rtol=1e-9)
    central = (found.states[:, 2:] - found.states[:, :-2]) / 0.2
    np.testing.assert_allclose(found.slopes[:, 1:-1], central, atol=0.02 * np.abs(central).max())


def test_the_mirror_of_coefficients_is_that_of_flows(kept):
    atlas, _, _ = kept
    x = atlas.trajectories.states[1, -1]
    there = reflected(atlas.modes.flow(x), atlas.wake)
    np.testing.assert_allclose(atlas.modes.coefficients(there), x @ atlas.mirror, atol=1e-10)
    np.testing.assert_allclose(np.abs(np.diag(atlas.mirror)), 1.0, atol=1e-6)  # each mode is even or odd


def test_the_window_counts_the_elements_around_and_behind_the_cylinder(kept):
    atlas, _, _ = kept
    np.testing.assert_allclose(window(atlas.wake).sum(), (8.0 + 1.5) * 3.0 - np.pi / 4, rtol=1e-3)


def test_stages_that_are_kept_are_not_computed_again(kept):
    atlas, stages, keep = kept
    assert list(stages) == ["steady", "cycle", "basis", "runs 1", "runs 2", "growth rates"]
    again = wake_atlas(jax.random.key(0), TINY, keep)
    np.testing.assert_array_equal(again.trajectories.states, atlas.trajectories.states)
    np.testing.assert_array_equal(again.last, atlas.last)


def test_modes_are_those_of_the_chosen_runs(kept):
    _, _, keep = kept
    chosen = np.array([0, 2])
    atlas = wake_atlas(jax.random.key(0), TINY, keep, chosen)
    seen = atlas.trajectories.states[chosen]
    np.testing.assert_allclose(np.mean(seen**2, axis=(0, 1)), atlas.modes.energies[:2], rtol=1e-9)
