import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from wellposed.dynamics import Continuity, LatentODE, Lesson, Observations, negative_elbo


@pytest.fixture(scope="module")
def model():
    return LatentODE(1, t1=2.0, steps=8, key=jax.random.key(0), width=8, hidden=6)


SOME = Observations(
    jnp.array([[0.2, 0.5, 1.1, 9.0], [0.0, 0.3, 0.4, 1.5]]),
    jax.random.normal(jax.random.key(1), (2, 4, 1)),
    jnp.array([[True, True, True, False], [True, True, True, True]])[:, :, None],
)
LESSON = Lesson(SOME, SOME, jnp.array(0.5))


def test_without_the_term_it_is_the_bound(model):
    own, bound = Continuity(0.0)(model, LESSON, jax.random.key(2)), negative_elbo(model, LESSON, jax.random.key(2))
    np.testing.assert_allclose(own[0], bound[0], rtol=1e-6)


def test_the_term_is_the_density_of_the_path_where_the_later_series_begin(model):
    """Each later series is encoded by itself, and the path is followed from the same draw as the loss follows."""
    loss, terms = Continuity(3.0)(model, LESSON, jax.random.key(2))
    each = []
    for i, key in enumerate(jax.random.split(jax.random.key(2), 2)):
        one = jax.tree.map(lambda a, i=i: a[i], SOME)
        mean, log_std = model.posterior(one)
        z0 = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)
        count = int(one.mask.sum())
        along = model.flow.trajectory(z0, one.ts[:count] - one.ts[0])
        logs = []
        for k in range(count):
            rest = jax.tree.map(lambda a, k=k: a[k:], one)
            m, s = model.posterior(rest)
            logs.append(scipy.stats.norm.logpdf(along[k], m, np.exp(s)).sum())
        each.append(np.mean(logs))
    np.testing.assert_allclose(terms["continuity"], np.mean(each), rtol=1e-4)
    parts = 0.5 * (terms["divergence"] - 3.0 * terms["continuity"]) - terms["log_likelihood"]
    np.testing.assert_allclose(loss, parts, rtol=1e-5)


def test_it_has_a_gradient_in_the_law_of_motion(model):
    slope = eqx.filter_grad(lambda m: Continuity()(m, LESSON, jax.random.key(2))[1]["continuity"])(model)
    assert all(bool((jnp.abs(leaf) > 0).any()) for leaf in jax.tree.leaves(slope.flow.field))
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(eqx.filter(slope, eqx.is_array)))
