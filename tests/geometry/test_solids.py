"""All networks on forty solids: they learn to name them, and only those that are told directions mind a rotation."""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import wellposed.geometry as g
from wellposed.simulate import solid

KEY, CLASSES, CHANNELS, STEPS = jax.random.key(0), 40, 24, 60
INVARIANT = g.MATRIX_FIELD.counts[0]
ONE = {"blocks": (1,), "key": KEY}
BODIES = {
    "gem": (
        "field",
        lambda: g.ResidualUNet(
            functools.partial(g.GemBlock, samples=5), g.MATRIX_FIELD, "6x0 + 6x1 + 6x2", f"{CHANNELS}x0", **ONE
        ),
    ),
    "sage": ("scalars", lambda: g.sage_cnn(INVARIANT, 24, CHANNELS, **ONE)),
    "feast": ("scalars", lambda: g.feast_cnn(INVARIANT, 24, CHANNELS, **ONE)),
    "attention": ("scalars", lambda: g.attention_gcn(INVARIANT, 24, CHANNELS, **ONE)),
    "pointnet": ("positions", lambda: g.PointNet(3, 16, CHANNELS, key=KEY)),
}


def surfaces(seed):
    """The forty solids in one rotation and gauge each."""
    made = []
    for kind in range(CLASSES):
        one = solid(kind, seed)
        made.append(g.scales(g.Mesh(one.points, one.triangles), (1.0,), most=6, key=seed * CLASSES + kind))
    return made


@pytest.fixture(scope="module")
def both():
    """As they are learned, and turned with other gauges."""
    before, after = surfaces(0), surfaces(1)
    sizes = g.common_sizes(before + after)
    return [g.batch([one.arrays(sizes) for one in made]) for made in (before, after)]


def inputs(kind, batch):
    if kind == "positions":
        return batch.finest.positions
    x = jax.vmap(lambda h: g.matrix_features(h.finest))(batch)
    size = jnp.sqrt((x**2).mean((0, 1), keepdims=True))
    pairs = g.MATRIX_FIELD.parts(size)  # both numbers of a pair over one size, or a rotation would be seen
    size = g.MATRIX_FIELD.join([pairs[0], *(jnp.broadcast_to(p.mean(-2, keepdims=True), p.shape) for p in pairs[1:])])
    return (x / size)[..., : x.shape[-1] if kind == "field" else INVARIANT]


def scores(model, x, batch):
    return jax.vmap(model)(x, batch)


@functools.cache
def optimiser():
    return optax.adam(1e-2)


@eqx.filter_jit
def learn(model, x, batch):
    """Some steps with all solids, as a loop on the device."""
    params, frozen = eqx.partition(model, eqx.is_inexact_array)
    labels = jnp.arange(CLASSES)

    def loss(params):
        logits = scores(eqx.combine(params, frozen), x, batch)
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    def step(carry, _):
        params, memory = carry
        value, grads = jax.value_and_grad(loss)(params)
        updates, memory = optimiser().update(grads, memory)
        return (optax.apply_updates(params, updates), memory), value

    (params, _), values = jax.lax.scan(step, (params, optimiser().init(params)), None, STEPS)
    return eqx.combine(params, frozen), values


@pytest.mark.parametrize("name", BODIES)
def test_forty_solids(name, both):
    kind, body = BODIES[name]
    here, turned = both
    model = g.SurfaceClassifier(body(), CHANNELS, CLASSES, KEY)
    x, there = inputs(kind, here), inputs(kind, turned)
    model, values = learn(model, x, here)
    found, again = (np.asarray(eqx.filter_jit(scores)(model, *d)).argmax(1) for d in ((x, here), (there, turned)))
    right, right_turned = (float((answer == np.arange(CLASSES)).mean()) for answer in (found, again))
    assert values[-1] < values[0] / 2
    assert right > 0.5
    if kind == "positions":
        assert right_turned < right / 2
    else:
        assert right_turned > right - 0.15
