import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics.normal_forms.windows import DrawnWindows, Windows

TIMES = np.cumsum([0.0, 0.1, 0.3, 0.2, 0.1, 0.4, 0.2, 0.3])
STATES = jnp.asarray(np.stack([TIMES, 100 + TIMES])[..., None])
INSIDE = jnp.array([[True] * 8, [True] * 3 + [False] * 5])
WHOLE = Windows(STATES, 2 * STATES, jnp.array([-1.0, 1.0]), INSIDE, jnp.asarray(np.tile(np.diff(TIMES), (2, 1))))


def drawn(length, every, seeds=3, size=40):
    batches = DrawnWindows(WHOLE, INSIDE.sum(axis=1), length, every, size, seeds)
    return batches(jax.random.key(0), jnp.array(0))


def test_pieces_are_pieces_of_trajectories():
    found = drawn(3, 2)
    assert found.states.shape == (3, 40, 3, 1)
    times = np.where(found.alphas[..., None] > 0, found.states[..., 0] - 100, found.states[..., 0])
    np.testing.assert_allclose(np.diff(times), found.intervals, atol=1e-4)
    np.testing.assert_allclose(found.slopes, 2 * found.states)
    starts = {round(float(t), 4) for t in times[found.alphas < 0][:, 0]}
    assert starts == {round(t, 4) for t in TIMES[:4]}  # all places where five times fit


def test_pieces_begin_where_the_trajectory_still_counts():
    found = drawn(2, 1)
    assert bool(found.inside[..., 0].all())
    assert bool(found.inside[found.alphas > 0][..., 1].all())


def test_seeds_see_different_pieces():
    found = drawn(3, 1)
    assert not np.array_equal(found.states[0], found.states[1])
