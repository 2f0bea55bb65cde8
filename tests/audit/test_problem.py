import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.audit.problem import forward, norms, spread


def test_the_noise_is_what_the_data_have_beside_the_clean(toy):
    problem = toy.problem()
    expected = np.linalg.norm((problem.y - problem.clean).reshape(6, -1), axis=1)
    np.testing.assert_allclose(problem.noise, expected, rtol=1e-12)


def test_shapes_that_do_not_fit_are_refused(toy):
    problem = toy.problem()
    with pytest.raises(ValueError, match=r"test set: expected images \(n, \(3, 4\)\)"):
        eqx.tree_at(lambda p: p.x, problem, problem.x[:, :2]).__check_init__()
    with pytest.raises(ValueError, match="far set"):
        toy.problem(elsewhere={"far": (problem.x[:2], problem.y)})


def test_a_map_of_batches_is_refused(toy):
    with pytest.raises(ValueError, match="found a map to"):
        toy.problem().check(lambda y: y)


def test_spread_is_even_and_without_repeats():
    np.testing.assert_array_equal(spread(100, 3), [0, 50, 99])
    np.testing.assert_array_equal(spread(2, 8), [0, 1])


def test_norms_of_complex_data():
    np.testing.assert_allclose(norms(np.array([[3.0 + 4.0j, 0.0]])), [5.0])


def test_forward_compiles_once_for_all_lengths():
    traces = []

    def f(y):
        traces.append(1)
        return 2 * y

    for n in (1, 5, 8, 11):
        batch = np.arange(3.0 * n).reshape(n, 3)
        np.testing.assert_array_equal(forward(f, batch), 2 * batch)
    assert len(traces) == 1


def test_forward_gives_maps_to_the_compiler_as_arguments():
    """Two maps of one kind share a compilation, so nine methods do not cost nine."""
    traces = []

    class Times(eqx.Module):
        factor: jax.Array

        def __call__(self, y):
            traces.append(1)
            return self.factor * y

    for factor in (2.0, 3.0):
        np.testing.assert_array_equal(forward(Times(jnp.asarray(factor)), np.ones((2, 3))), factor)
    assert len(traces) == 1
