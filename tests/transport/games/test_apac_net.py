"""The two players: their conditions at the ends of time, whose gradient is whose, and that they learn."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.train import fit
from wellposed.transport import APACNet, Encounters, Played, apac_optimiser, bottleneck, feedback_cost, two_diagonals
from wellposed.transport.games.apac_net import _followers
from wellposed.transport.games.environments.quadcopter import quadcopter


@pytest.fixture(scope="module")
def net():
    return APACNet.random(two_diagonals(), 8, jax.random.key(0))


def test_conditions_hold_at_the_ends(net):
    z = jnp.array([0.3, -1.2])
    assert net.generate(z, jnp.array(0.0)).tolist() == z.tolist()
    np.testing.assert_allclose(net(z, jnp.array(1.0)), net.environment.terminal(z), rtol=1e-6)


def test_each_player_moves_by_its_own_objective(net):
    batch = Encounters(net.environment, 4)(jax.random.key(1), 0)
    slope = eqx.filter_jit(eqx.filter_grad(lambda m, penalty: Played(penalty, 2)(m, batch, jax.random.key(0))[0]))
    without, with_penalty = slope(net, jnp.array(0.0)), slope(net, jnp.array(5.0))
    leaves = lambda tree: jax.tree.leaves(eqx.filter(tree, eqx.is_array))
    for a, b in zip(leaves(without.generator_net), leaves(with_penalty.generator_net), strict=True):
        np.testing.assert_array_equal(a, b)  # the penalty is phi's alone
    difference = [
        float(jnp.abs(a - b).max())
        for a, b in zip(leaves(without.value_net), leaves(with_penalty.value_net), strict=True)
    ]
    assert max(difference) > 1e-3


def test_the_penalty_looks_where_followers_are(net):
    """The generator's samples stay where they are; agents who follow phi are pushed to where it bends."""
    batch = Encounters(net.environment, 4)(jax.random.key(1), 0)
    with_them, without = (Played(1.0, steps)(net, batch, jax.random.key(0)) for steps in (3, 0))
    assert with_them[1]["hjb_residual"] == without[1]["hjb_residual"]
    more = net.environment.horizon * with_them[1]["hjb_residual_of_followers"] ** 2
    np.testing.assert_allclose(with_them[0] - without[0], more, rtol=1e-4)
    paths = jax.vmap(lambda z, k: net.path(z, k, 3))(
        batch[0], jax.random.split(jax.random.split(jax.random.key(0))[0], 4)
    )
    x, _, t = _followers(net, batch[0], jax.random.key(0), 3)
    for place, time, path in zip(x, t, paths, strict=True):
        np.testing.assert_array_equal(place, path[round(3 * float(time))])


def test_the_residual_falls(net):
    env = net.environment
    options = {"steps": 120, "key": jax.random.key(2), "trainable": net.trainable}
    found = fit(net, Played(steps=4), Encounters(env, 16), apac_optimiser(5e-3, 1e-3), **options)
    residual = found.history.terms["hjb_residual"]
    assert np.mean(residual[-20:]) < 0.5 * np.mean(residual[:5])
    assert np.isfinite(
        float(feedback_cost(found.model, env.initial.sample(jax.random.key(3), 8), jax.random.key(4), 5))
    )


def test_a_quadcopter_that_thrusts_against_gravity_hovers():
    """-dH/dp is the machine's law of motion: p that asks for the thrust mass g leaves a level machine where it is."""
    env = quadcopter()
    x = jnp.zeros(12).at[:3].set(1.0)
    p = jnp.zeros(12).at[8].set(-2 * 0.5**2 * 9.81)
    np.testing.assert_allclose(env.motion(x, p), jnp.zeros(12), atol=1e-5)
    np.testing.assert_allclose(env.effort(x, p), (0.5 * 9.81) ** 2, rtol=1e-5)  # L = u^2 with u = mass g


def test_limited_speed_is_kept_and_free():
    env = bottleneck()
    p = jnp.array([3.0, -4.0])
    np.testing.assert_allclose(env.motion(jnp.zeros(2), p), -p, rtol=1e-6)  # of length c = 5
    assert abs(float(env.effort(jnp.zeros(2), p))) < 1e-5


def test_walls_are_where_they_were_published():
    """The gap is 0.63 wide at 0; the diagonals' tips lie off the way along the diagonal."""
    wall = bottleneck().obstacle
    assert float(wall(jnp.array([0.0, 0.31]))) == 0 < float(wall(jnp.array([0.0, 0.33])))
    diagonals = two_diagonals().obstacle
    assert float(diagonals(jnp.zeros(2))) == 0
    for corner in ([-2.0, -0.8], [2.0, 0.8]):
        np.testing.assert_allclose(diagonals(jnp.array(corner)), diagonals(-jnp.array(corner)), rtol=1e-5)
