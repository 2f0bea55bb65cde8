"""The battery: every layer on a group follows the group exactly, and a broken one is caught."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

from wellposed.geometry import (
    GroupCNN,
    GroupConvolution,
    LiftingConvolution,
    PDEGroupConvolution,
    acted,
    acted_on_group,
    lifted,
    tables,
)
from wellposed.geometry.groups.pde_group_convolution import ALPHA

KEY = jax.random.key(0)
SIDE, CHANNELS, ORIENTATIONS = 6, 2, 8


def field(*shape):
    return jax.random.normal(jax.random.key(3), shape, float)


def quarter_turn(u):
    """A quarter turn of positions and orientations."""
    return jnp.roll(jnp.rot90(u), ORIENTATIONS // 4, 2)


def doubled(layer):
    """In float64, with random biases, so that none is zero by its start."""
    leaves, structure = jax.tree.flatten(layer)
    keys = jax.random.split(jax.random.key(7), len(leaves))
    return jax.tree.unflatten(
        structure, [0.5 * jax.random.normal(k, a.shape, float) for k, a in zip(keys, leaves, strict=True)]
    )


def on_group(make, order):
    return lambda: (doubled(make(order)), lambda g, y: acted_on_group(g, y))


def lifting(order):
    return LiftingConvolution(CHANNELS, 3, order=order, key=KEY)


def convolution(order):
    return GroupConvolution(CHANNELS, 3, order=order, key=KEY)


def error(layer, x, before, after):
    y = layer(x)
    return float(jnp.abs(layer(before(x)) - after(y)).max() / jnp.abs(y).max())


@pytest.mark.parametrize("order", [4, 8])
def test_lifting_follows_turns_and_mirrors(order):
    with jax.enable_x64(True):
        layer, x = doubled(lifting(order)), field(SIDE, SIDE, CHANNELS)
        for g in range(order):
            assert error(layer, x, lambda x, g=g: acted(g, x), lambda y, g=g: acted_on_group(g, y)) < 1e-10


@pytest.mark.parametrize("order", [4, 8])
def test_group_convolution_follows_turns_and_mirrors(order):
    with jax.enable_x64(True):
        layer, x = doubled(convolution(order)), field(SIDE, SIDE, order, CHANNELS)
        for g in range(order):
            act = lambda y, g=g: acted_on_group(g, y)
            assert error(layer, x, act, act) < 1e-10


def layers_in_float64():
    pde = PDEGroupConvolution(CHANNELS, 3, orientations=ORIENTATIONS, reach=1, key=KEY)
    return {
        "lifting": (doubled(lifting(8)), field(SIDE, SIDE, CHANNELS)),
        "convolution": (doubled(convolution(4)), field(SIDE, SIDE, 4, CHANNELS)),
        "PDE": (doubled(pde), field(SIDE, SIDE, ORIENTATIONS, CHANNELS)),
        "wavelets": (lambda x: lifted(x, ORIENTATIONS), field(SIDE, SIDE)),
    }


@pytest.mark.parametrize("name", ["lifting", "convolution", "PDE", "wavelets"])
def test_translations_are_followed(name):
    with jax.enable_x64(True):
        layer, x = layers_in_float64()[name]
        shift = lambda u: jnp.roll(u, (2, -1), (0, 1))
        assert error(layer, x, shift, shift) < 1e-10


def test_pde_layer_follows_quarter_turns():
    with jax.enable_x64(True):
        layer, x = layers_in_float64()["PDE"]
        assert error(layer, x, quarter_turn, quarter_turn) < 1e-10


def test_wavelets_follow_quarter_turns():
    with jax.enable_x64(True):
        x = field(SIDE + 1, SIDE + 1)  # of odd side, whose frequencies a turn maps to themselves
        assert error(lambda x: lifted(x, ORIENTATIONS), x, jnp.rot90, quarter_turn) < 1e-10


def test_broken_layers_are_caught():
    with jax.enable_x64(True):
        layer, x = doubled(lifting(4)), field(SIDE, SIDE, CHANNELS)
        bias = jnp.arange(4.0)[None, None, :, None]
        broken = lambda x: layer(x) + bias  # a bias for each element of the group
        assert error(broken, x, lambda x: acted(1, x), lambda y: acted_on_group(1, y)) > 1e-2
        pde, u = layers_in_float64()["PDE"]
        ramp = jnp.arange(SIDE)[:, None, None, None] / SIDE
        assert error(lambda u: pde(u) + ramp, u, quarter_turn, quarter_turn) > 1e-2


def test_mirrors_are_seen_by_p4_and_not_by_p4m():
    with jax.enable_x64(True):
        x = field(SIDE, SIDE, 1)
        for order, sees in ((4, True), (8, False)):
            net = doubled(GroupCNN(1, 4, 3, order=order, depth=1, key=KEY))
            y, mirrored = net(x), net(acted(4, x))
            assert (float(jnp.abs(y - mirrored).max()) > 1e-3) == sees


def test_no_channel_dies_of_an_offset():
    """In single precision too, and whatever the biases are."""
    net, x = GroupCNN(1, 4, 3, order=4, depth=1, key=KEY), jax.random.normal(jax.random.key(3), (SIDE, SIDE, 1))
    dark = eqx.tree_at(lambda n: (n.lift.bias, n.layers[0].bias), net, (jnp.full(4, -1e3), jnp.full(4, -1e3)))
    assert float(jnp.abs(dark(x) - net(x)).max()) < 1e-2
    assert (np.asarray(dark.features(x)).max((0, 1, 2)) > 0).all()


def test_brightness_and_contrast_do_not_matter():
    with jax.enable_x64(True):
        net, x = doubled(GroupCNN(1, 4, 3, order=4, depth=1, key=KEY)), field(SIDE, SIDE, 1)
        assert error(net, x, lambda x: 50 * x - 7, lambda y: y) < 1e-4
        assert (np.asarray(net.features(50 * x - 7)).max((0, 1, 2)) > 0).all()


def test_lengths_are_those_of_the_metric_seen_from_each_orientation():
    with jax.enable_x64(True):
        layer = PDEGroupConvolution(1, 1, orientations=4, reach=1, key=KEY)
        lengths = np.asarray(layer.lengths(layer.metrics[1]))  # (steps, orientations, channels)
        step = layer.steps.index((0, 0, 0))
        assert lengths[step].max() < 1e-5
        ahead = layer.steps.index((0, 1, 0))  # a column to the right: along orientation 0, across orientation 1
        first, second = np.exp(np.asarray(layer.metrics[1][0, :2]))
        assert lengths[ahead, 0, 0] == pytest.approx(first)
        assert lengths[ahead, 1, 0] == pytest.approx(second)


@pytest.mark.parametrize("order", [4, 8])
def test_tables_are_those_of_a_group(order):
    product, inverse = tables(order)
    numbers = np.arange(order)
    assert (product[0] == numbers).all()
    assert (product[:, 0] == numbers).all()
    assert (product[numbers, inverse] == 0).all()
    a, b, c = np.meshgrid(numbers, numbers, numbers)
    assert (product[product[a, b], c] == product[a, product[b, c]]).all()


def test_other_orders_and_even_kernels_are_refused():
    with pytest.raises(ValueError, match="1, 4 or 8 elements, got 6"):
        GroupCNN(1, 2, 3, order=6, key=KEY)
    with pytest.raises(ValueError, match="odd side, got 4"):
        LiftingConvolution(1, 2, order=4, size=4, key=KEY)
    with pytest.raises(ValueError, match="multiple of 4 orientations, got 6"):
        PDEGroupConvolution(1, 2, orientations=6, key=KEY)


def test_lengths_are_those_of_the_logarithm():
    """Against scipy's logarithm of the matrix of a step, seen from each orientation."""
    with jax.enable_x64(True):
        layer = PDEGroupConvolution(1, 1, orientations=ORIENTATIONS, reach=1, key=KEY)
        metric = jnp.array([[0.3, -0.2, 0.1]])
        found = np.asarray(layer.lengths(metric))[..., 0]
        turn = 2 * np.pi / ORIENTATIONS
        for step in ((-1, 1, 1), (0, 1, -1), (1, 0, 1)):
            for o in range(ORIENTATIONS):
                c, s = np.cos(o * turn), np.sin(o * turn)
                x, y = c * step[1] - s * step[0], -s * step[1] - c * step[0]  # rows go down
                a = step[2] * turn
                matrix = np.array([[np.cos(a), -np.sin(a), x], [np.sin(a), np.cos(a), y], [0, 0, 1]])
                log = np.real(np.asarray(scipy.linalg.logm(matrix)))
                parts = np.array([log[0, 2], log[1, 2], log[1, 0]])
                expected = np.linalg.norm(np.exp(np.asarray(metric[0])) * parts)
                assert found[layer.steps.index(step), o] == pytest.approx(expected)


@pytest.mark.parametrize("kind", [1, 2])
def test_dilation_and_erosion_are_sums_by_hand(kind):
    """With all other parts at rest: the largest of u - k over the steps, and the least of u + k."""
    with jax.enable_x64(True):
        layer = PDEGroupConvolution(1, 1, orientations=4, reach=1, key=KEY)
        rest = jnp.full((3, 1, 3), 12.0).at[kind].set(jnp.array([[0.2, -0.4, -0.1]]))  # a heavy metric moves nothing
        parts = lambda layer: (layer.vector, layer.metrics, layer.mixing, layer.bias)
        layer = eqx.tree_at(parts, layer, (jnp.zeros((1, 3)), rest, jnp.ones((1, 1)), jnp.zeros(1)))
        u = field(SIDE, SIDE, 4, 1)
        found, values = np.asarray(layer(u))[..., 0], np.asarray(u)[..., 0]
        lengths = np.asarray(layer.lengths(rest[kind]))[..., 0]
        e = 2 * ALPHA / (2 * ALPHA - 1)
        kernel = (2 * ALPHA - 1) / (2 * ALPHA) ** e * lengths**e
        for i, j, o in ((0, 0, 0), (2, 5, 3), (4, 1, 2)):
            near = [values[(i + a) % SIDE, (j + b) % SIDE, (o + c) % 4] for a, b, c in layer.steps]
            joined = np.max(near - kernel[:, o]) if kind == 1 else np.min(near + kernel[:, o])
            assert found[i, j, o] == pytest.approx(joined)
            assert joined != values[i, j, o]
