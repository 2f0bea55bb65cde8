"""Truncation keeps the first components exactly and the others not at all."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import TSVD
from wellposed.operators import Matrix, svd


def test_is_the_pseudo_inverse_of_the_truncated_matrix():
    with jax.enable_x64(True):
        M = jax.random.normal(jax.random.key(0), (7, 5))
        y = jax.random.normal(jax.random.key(1), (7,))
        x = TSVD(svd(Matrix(M)), 3)(y)
    U, s, Vt = np.linalg.svd(M, full_matrices=False)
    want = np.linalg.pinv((U[:, :3] * s[:3]) @ Vt[:3], rcond=1e-10) @ np.asarray(y)
    np.testing.assert_allclose(x, want, rtol=1e-10)


def test_a_singular_matrix_gives_the_shortest_solution():
    x = TSVD(svd(Matrix(jnp.diag(jnp.array([2.0, 0.0])))), 2)(jnp.array([4.0, 7.0]))
    np.testing.assert_allclose(x, [2.0, 0.0])


def test_the_rank_can_be_traced():
    spectrum = svd(Matrix(jnp.diag(jnp.array([4.0, 2.0, 1.0]))))
    gains = jax.vmap(lambda rank: TSVD(spectrum, rank).gains)(jnp.array([1, 3]))
    np.testing.assert_allclose(gains, [[0.25, 0, 0], [0.25, 0.5, 1]])


@pytest.mark.parametrize("rank", [0, 3])
def test_the_rank_is_checked(rank):
    with pytest.raises(ValueError, match=f"TSVD expects a rank from 1 to 2, got {rank}"):
        TSVD(svd(Matrix(jnp.eye(2))), rank)
