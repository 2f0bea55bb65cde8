"""The battery: every flow is an invertible map with a density. A new flow joins by one line in FLOWS."""

import inspect

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

import wellposed.transport as tr

# Name (its first word is the public class) -> a flow of the plane.
FLOWS = {
    "OTFlow": lambda key: tr.OTFlow.random(2, 8, key, steps=16),
    "FFJORD": lambda key: tr.FFJORD.random(2, 8, key, steps=16),
    "FFJORD exact with penalties": lambda key: tr.FFJORD.random(2, 8, key, 16, "exact", kinetic=0.1, jacobian=0.1),
    "PotentialFlow": lambda key: tr.PotentialFlow.random(2, 8, key, steps=16),
    "MongeAmpereFlow": lambda key: tr.MongeAmpereFlow.random(2, 8, key, steps=16),
    "FluidFlow": lambda key: tr.FluidFlow.random(2, 8, key, steps=16),
    "FlowMatching": lambda key: tr.FlowMatching.random(2, 8, key, steps=16),
    "PlanarFlow": lambda key: tr.PlanarFlow.random(2, 6, key),
    "RadialFlow": lambda key: tr.RadialFlow.random(2, 6, key),
    "CouplingFlow affine": lambda key: tr.CouplingFlow.random(2, 2, key, width=8, kind="affine"),
    "CouplingFlow spline": lambda key: tr.CouplingFlow.random(2, 2, key, width=8),
}
POINTS = 7


@pytest.fixture(params=FLOWS)
def flow(request):
    with jax.enable_x64(True):
        start = FLOWS[request.param](jax.random.key(0))
        yield moved(start, jax.random.key(1))


def moved(flow, key):
    """The flow with all its parameters moved, so that nothing holds by a start at zero."""
    arrays, rest = eqx.partition(flow, eqx.is_inexact_array)
    leaves, tree = jax.tree.flatten(arrays)
    keys = jax.random.split(key, len(leaves))
    leaves = [leaf + 0.1 * jax.random.normal(k, leaf.shape, leaf.dtype) for leaf, k in zip(leaves, keys, strict=True)]
    return eqx.combine(jax.tree.unflatten(tree, leaves), rest)


def points():
    return jax.random.normal(jax.random.key(2), (POINTS, 2))


def test_every_public_flow_is_here():
    public = {
        name
        for name in dir(tr)
        if inspect.isclass(getattr(tr, name))
        and issubclass(getattr(tr, name), tr.AbstractNormalizingFlow)
        and not inspect.isabstract(getattr(tr, name))
    }
    assert {name.split()[0] for name in FLOWS} == public


def test_keeps_the_laws(flow):
    xs = points()

    @eqx.filter_jit
    def measured(flow, xs):
        jacobians = jax.vmap(jax.jacfwd(flow.forward))(xs)
        return (
            jax.vmap(flow.path)(xs),
            jnp.linalg.slogdet(jacobians)[1],
            jax.vmap(flow.log_prob)(xs),
            jax.vmap(lambda x: flow.inverse(flow.forward(x)))(xs),
            flow.sample(jax.random.key(3), POINTS),
        )

    path, log_det, log_prob, back, sample = measured(flow, xs)
    assert path.z.dtype == log_prob.dtype == back.dtype == sample.dtype == jnp.float64
    assert jnp.abs(path.z - xs).max() > 1e-2
    assert jnp.abs(back - xs).max() < 1e-6
    assert jnp.abs(path.log_det - log_det).max() < 1e-4  # a continuous flow integrates its determinant beside
    normal = -jnp.sum(path.z**2, axis=1) / 2 - jnp.log(2 * jnp.pi)
    assert jnp.abs(log_prob - normal - path.log_det).max() < 1e-12
    assert (path.cost >= jnp.sum((path.z - xs) ** 2, axis=1) - 1e-4).all()  # no way is shorter than the straight one
    assert sample.shape == (POINTS, 2)
    assert jnp.isfinite(sample).all()


def test_learns(flow):
    @eqx.filter_jit
    def descended(flow, xs, key):
        (_, terms), slope = eqx.filter_value_and_grad(tr.flow_loss, has_aux=True)(flow, xs, key)
        nearer = eqx.apply_updates(flow, jax.tree.map(lambda g: -1e-5 * g, slope))
        return terms, slope, tr.flow_loss(nearer, xs, key)[0]

    terms, slope, after = descended(flow, points(), jax.random.key(4))
    assert all(jnp.isfinite(g).all() for g in jax.tree.leaves(slope))
    assert after < sum(terms.values())


def test_a_map_that_is_no_inverse_is_found_out():
    class Broken(tr.PlanarFlow):
        def inverse(self, z):
            return z

    flow = Broken.random(2, 3, jax.random.key(0))
    assert tr.inverse_error(flow, points().astype(jnp.float32)) > 1e-2
