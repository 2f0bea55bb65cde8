"""Mask: a projection that lineax knows to be diagonal."""

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np

from wellposed.operators import Mask

SEEN = jnp.array([[True, False, True], [False, True, True]])


def test_it_is_a_projection():
    x = jax.random.normal(jax.random.key(0), SEEN.shape)
    A = Mask(SEEN)
    np.testing.assert_array_equal(A.mv(x), np.where(SEEN, x, 0))
    np.testing.assert_array_equal((A @ A).mv(x), A.mv(x))


def test_unseen_nan_does_not_reach_the_data():
    x = jnp.where(SEEN, 1.0, jnp.nan)
    np.testing.assert_array_equal(Mask(SEEN).mv(x), SEEN.astype(float))


def test_lineax_solves_by_division():
    A = Mask(SEEN) + 0.5 * lx.IdentityLinearOperator(Mask(SEEN).in_structure())
    assert lx.is_diagonal(A)
    y = jnp.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(lx.linear_solve(A, y, lx.Diagonal()).value, y / (SEEN + 0.5), rtol=1e-6)
