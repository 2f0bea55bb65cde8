import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from normal_form_data import exact

from wellposed.dynamics import Architecture, NormalFormLoss
from wellposed.dynamics.normal_forms.fit import Orientation, Stage, _batches, begin, in_units
from wellposed.dynamics.normal_forms.loss import pointwise
from wellposed.dynamics.normal_forms.start import AffineStart

KEY = jax.random.key(0)
CASE = exact("Hopf")


def perfect(orientation: Orientation = "monotone"):
    """The autoencoder that the data were made by, its perceptrons silent."""
    architecture = Architecture(widths=(6,), parameter_widths=(4, 4), orientation=orientation)
    windows, units = in_units(CASE.trajectories)
    mix = jnp.asarray(CASE.mix, jnp.float32) / units.size
    middle, half = float(units.middle), float(units.half)
    one = jnp.ones(())
    start = AffineStart(
        jnp.linalg.pinv(mix),
        mix,
        jnp.linalg.pinv(mix) @ (units.centre / units.size),
        CASE.rise * (middle - CASE.critical) * one,
        CASE.rise * half * one,
        jnp.log(CASE.time) * one,
        0 * one,
    )
    model = begin(CASE.form, units, start, architecture, KEY)
    mute = lambda network: jax.tree.map(jnp.zeros_like, eqx.filter(network, eqx.is_array))
    both = lambda m: (m.encoder.network, m.decoder.network)
    model = eqx.tree_at(both, model, tuple(eqx.combine(mute(n), n) for n in both(model)))
    if orientation == "monotone":
        silent = lambda m: m.parameter_map.weights
        model = eqx.tree_at(silent, model, -40.0 * jnp.ones(4))
    return windows, model


WINDOWS, MODEL = perfect()
BATCH = jax.tree.map(lambda part: part[0], _batches(WINDOWS, Stage(1, 0.0, 12, 8), 1)(KEY, jnp.array(0)))


@eqx.filter_jit
def terms(model, batch=BATCH, floor=None):
    return NormalFormLoss(substeps=2, floor=floor).one(model, batch)[1]


def test_the_autoencoder_that_made_the_data_has_no_loss():
    found = terms(MODEL)
    for name in ("reconstruction", "state_slopes", "latent_slopes", "rollout"):
        assert float(found[name]) < 1e-7, name
    assert float(MODEL.bifurcation()) == pytest.approx(CASE.critical, abs=1e-4)


@pytest.mark.parametrize(
    ("place", "seen", "unseen"),
    [
        (lambda m: m.log_time, ("state_slopes", "latent_slopes", "rollout"), ("reconstruction",)),
        (lambda m: m.parameter_map.offset, ("state_slopes", "latent_slopes", "rollout"), ("reconstruction",)),
        (lambda m: m.decoder.d, ("reconstruction", "rollout"), ("state_slopes", "latent_slopes")),
    ],
)
def test_each_term_sees_what_it_compares_and_nothing_else(place, seen, unseen):
    found = terms(eqx.tree_at(place, MODEL, replace_fn=lambda leaf: leaf + 0.1))
    assert all(float(found[name]) > 1e-5 for name in seen)
    assert all(float(found[name]) < 1e-6 for name in unseen)


def test_derivatives_through_the_coders_are_those_of_finite_differences():
    with jax.enable_x64(True):
        double = lambda tree: jax.tree.map(lambda a: a.astype(float) if eqx.is_inexact_array(a) else a, tree)
        bent = eqx.tree_at(lambda m: (m.encoder.network, m.decoder.network), double(MODEL), replace_fn=_loud)
        batch = double(BATCH)
        found = pointwise(bent, batch, jnp.ones(batch.inside.shape))
        x, dx = (part.reshape(-1, part.shape[-1]) for part in (batch.states, batch.slopes))
        alphas, h = jnp.repeat(batch.alphas, batch.states.shape[1]), 1e-6
        z = jax.vmap(bent.encoder)(x)
        flow = jax.vmap(bent.slope)(z, alphas)
        dz = (jax.vmap(bent.encoder)(x + h * dx) - jax.vmap(bent.encoder)(x - h * dx)) / (2 * h)
        along = (jax.vmap(bent.decoder)(z + h * flow) - jax.vmap(bent.decoder)(z - h * flow)) / (2 * h)
        latent = jnp.mean((dz - flow) ** 2) / jnp.mean(dz**2)
        state = jnp.mean((dx - along) ** 2) / bent.units.slope**2
    assert float(found["latent_slopes"]) == pytest.approx(float(latent), rel=1e-5)
    assert float(found["state_slopes"]) == pytest.approx(float(state), rel=1e-5)


def _loud(network):
    leaves, tree = jax.tree.flatten(network)
    return tree.unflatten(
        [0.5 * jax.random.normal(jax.random.key(i), leaf.shape, leaf.dtype) for i, leaf in enumerate(leaves)]
    )


def test_what_lies_outside_does_not_count():
    outside = BATCH._replace(inside=jnp.zeros_like(BATCH.inside).at[:, :5].set(True))
    spoilt = outside._replace(states=outside.states.at[:, 5:].add(100.0))
    for name, value in terms(MODEL, outside).items():
        assert float(value) == pytest.approx(float(terms(MODEL, spoilt)[name]), abs=1e-6), name


def test_a_floor_makes_small_states_count():
    """The first piece is made a hundred times smaller, and all reconstructions wrong by the same number."""
    batch = BATCH._replace(states=BATCH.states.at[0].multiply(0.01))
    shifted = eqx.tree_at(lambda m: m.decoder.d, MODEL, replace_fn=lambda d: d + 0.1)
    plain, even = (float(terms(shifted, batch, floor=floor)["reconstruction"]) for floor in (None, 0.01))
    power = np.mean(np.asarray(batch.states) ** 2, axis=(1, 2))
    expected = np.mean(1.01 / (power + 0.01)) * 0.01
    assert plain == pytest.approx(0.01, rel=1e-2)
    assert even == pytest.approx(expected, rel=1e-2)


def test_the_sign_has_no_gradient_and_the_penalty_has_one():
    _, model = perfect("penalty")
    flip = lambda m: m.parameter_map.encoder.layers[-1]
    falling = eqx.tree_at(flip, model, replace_fn=lambda layer: jax.tree.map(lambda w: -w, layer))
    candidates = {"rises or falls": model, "the other way": falling}

    def gradient(model, orientation):
        part = lambda m: NormalFormLoss(orientation=orientation)._parameter_terms(m)["orientation"]
        grads = eqx.filter_grad(part)(model).parameter_map.encoder
        return sum(float(jnp.abs(leaf).sum()) for leaf in jax.tree.leaves(grads))

    assert [gradient(m, "sign") for m in candidates.values()] == [0.0, 0.0]
    assert max(gradient(m, "penalty") for m in candidates.values()) > 0.0


def test_seeds_do_not_see_each_other():
    stack = lambda tree: jax.tree.map(lambda a: jnp.stack([a, a]) if eqx.is_array(a) else a, tree)
    models, batch = stack(MODEL), stack(BATCH)
    spoilt = eqx.tree_at(lambda m: m.log_time, models, replace_fn=lambda leaf: leaf.at[1].add(0.3))
    loss = dataclasses.replace(NormalFormLoss(), substeps=2)
    gradient = eqx.filter_jit(eqx.filter_grad(lambda m: loss(m, batch, KEY)[0]))
    one, other = gradient(models), gradient(spoilt)
    np.testing.assert_allclose(one.encoder.weight[0], other.encoder.weight[0], atol=1e-7)
    assert np.abs(np.asarray(one.encoder.weight[1] - other.encoder.weight[1])).max() > 1e-4
