"""The one aggregation: against a plain sum over the list of edges, under every transformation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.nn import NeighbourTable, gather_sum, slot_softmax, stacked, sum_slots, targets_to_slots, to_slots

SOURCES, TARGETS, EDGES, HEADS, CHANNELS = 9, 11, 40, 2, 3
RNG = np.random.default_rng(0)
SOURCE, TARGET = RNG.integers(0, SOURCES, EDGES), RNG.integers(0, TARGETS, EDGES)


def even():
    return NeighbourTable.from_edges(SOURCE, TARGET, SOURCES, TARGETS, width=10, reverse_width=12)


def with_hub():
    """Degrees that vary: some targets have one edge, one has more than a piece of a wide row."""
    source = np.concatenate([np.tile(np.arange(SOURCES), 5), np.arange(TARGETS) % SOURCES])
    target = np.concatenate([np.zeros(5 * SOURCES, int), np.arange(TARGETS)])
    return NeighbourTable.from_edges(source, target, SOURCES, TARGETS)


def on_edges(table):
    """The same sum by scattering over the edges."""
    filled = np.asarray(table.filled)
    source, target = np.asarray(table.source_of_slot)[filled], np.asarray(table.target_of_slot)[filled]
    return lambda x, w: jax.ops.segment_sum(w[filled][:, :, None] * x[source], target, TARGETS)


class Broken(NeighbourTable):
    """Its reverse table has lost its first edge."""

    def __init__(self):
        table = even()
        for name, value in vars(table).items():
            setattr(self, name, value)
        rows = table.to_sources
        first = tuple(part.at[0, 0].set(TARGETS) for part in rows.others)
        self.to_sources = type(rows)(first, rows.slots, rows.place)


TABLES = {"even": even, "with hub": with_hub}


def energy(f):
    return lambda x, w: (f(x, w) ** 3).sum()


def under_scan(f):
    def total(x, w):
        def body(carry, _):
            y = f(carry, w)
            return 0.1 * y[:SOURCES] + carry, None

        return (jax.checkpoint(lambda x: jax.lax.scan(body, x, None, length=3)[0])(x) ** 2).sum()

    return total


TRANSFORMATIONS = {
    "value": lambda f, x, w: jax.jit(f)(x, w),
    "jvp": lambda f, x, w: jax.jvp(f, (x, w), (x**2, w**2)),
    "grad": lambda f, x, w: jax.grad(energy(f), (0, 1))(x, w),
    "grad of grad": lambda f, x, w: jax.grad(lambda x: (jax.grad(energy(f))(x, w) ** 2).sum())(x),
    "hessian in the weights": lambda f, x, w: jax.jvp(jax.grad(energy(f), 1), (x, w), (x, w))[1],
    "vmap": lambda f, x, w: jax.vmap(f, (0, None))(jnp.stack([x, 2 * x, x**2]), w),
    "vmap of both": lambda f, x, w: jax.vmap(f)(jnp.stack([x, 2 * x]), jnp.stack([w, w**2])),
    "vmap of grad": lambda f, x, w: jax.vmap(jax.grad(energy(f)), (0, None))(jnp.stack([x, 2 * x]), w),
    "linearize": lambda f, x, w: jax.linearize(lambda x: f(x, w), x)[1](x),
    "linear_transpose": lambda f, x, w: jax.linear_transpose(lambda x: f(x, w), x)(f(x, w)),
    "remat under scan": lambda f, x, w: jax.jit(jax.grad(under_scan(f)))(x, w),
}


def operands(table):
    keys = jax.random.split(jax.random.key(0), 2)
    x = jax.random.normal(keys[0], (SOURCES, HEADS, CHANNELS), "float64")
    return x, jax.random.normal(keys[1], (table.slots, HEADS), "float64")


def assert_agrees(table, name):
    x, w = operands(table)
    plain = on_edges(table)
    got, want = (TRANSFORMATIONS[name](f, x, w) for f in (lambda x, w: gather_sum(x, table, w), plain))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-11), got, want)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_every_transformation_agrees_with_a_sum_over_edges(name, table):
    with jax.enable_x64(True):
        assert_agrees(TABLES[table](), name)


@pytest.mark.parametrize("name", ["grad", "linear_transpose"])
def test_a_reverse_table_that_misses_an_edge_fails_the_battery(name):
    with jax.enable_x64(True), pytest.raises(AssertionError):
        assert_agrees(Broken(), name)


@pytest.mark.parametrize("table", TABLES)
def test_no_derivative_scatters(table):
    made = TABLES[table]()
    x, w = jnp.ones((SOURCES, HEADS, CHANNELS)), jnp.ones((made.slots, HEADS))
    lifted = lambda x, w: sum_slots(
        w[:, :, None] * to_slots(x, made) * targets_to_slots(gather_sum(x, made, w), made), made
    )
    program = jax.jit(jax.grad(energy(lifted), (0, 1))).lower(x, w).as_text()
    assert "gather" in program
    assert "scatter" not in program


@pytest.mark.parametrize("table", TABLES)
def test_what_stands_in_empty_slots_never_leaks(table):
    made = TABLES[table]()
    x, w = jnp.ones((SOURCES, HEADS, CHANNELS)), jnp.ones((made.slots, HEADS))
    spoiled = jnp.where(made.filled[:, None], w, jnp.nan)
    both = [jax.value_and_grad(energy(lambda x, w: gather_sum(x, made, w)), (0, 1))(x, v) for v in (w, spoiled)]
    jax.tree.map(np.testing.assert_array_equal, *both)
    u = jnp.ones((made.slots, 2))
    spoiled = jnp.where(made.filled[:, None], u, jnp.inf)
    np.testing.assert_array_equal(sum_slots(u, made), sum_slots(spoiled, made))
    assert not bool(jnp.any(to_slots(x, made)[~made.filled]))


@pytest.mark.parametrize("table", TABLES)
def test_the_lifts_and_sums_are_what_they_say(table):
    made = TABLES[table]()
    x = jax.random.normal(jax.random.key(0), (SOURCES, 2))
    np.testing.assert_allclose(sum_slots(to_slots(x, made), made), gather_sum(x, made), rtol=1e-5, atol=1e-6)
    ones = sum_slots(targets_to_slots(jnp.ones((TARGETS, 1)), made), made)
    np.testing.assert_array_equal(ones[:, 0], made.degrees())


def test_a_batch_of_tables_goes_through_vmap():
    x = jax.random.normal(jax.random.key(0), (2, SOURCES, 3))
    swapped = NeighbourTable.from_edges(SOURCE, (TARGET + 1) % TARGETS, SOURCES, TARGETS, width=10, reverse_width=12)
    tables, w = [even(), swapped], jax.random.normal(jax.random.key(1), (2, even().slots))

    def gradients(x, w, table):
        def loss(x, w):
            own = targets_to_slots(gather_sum(x, table, w), table)
            return (sum_slots(own * to_slots(x, table), table) ** 2).sum()

        return gather_sum(x, table), gather_sum(x, table, w), *jax.grad(loss, (0, 1))(x, w)

    together = jax.jit(jax.vmap(gradients))
    found = together(x, w, stacked(tables))
    for i, table in enumerate(tables):
        for a, b in zip(found, jax.jit(gradients)(x[i], w[i], table), strict=True):
            np.testing.assert_allclose(a[i], b, rtol=1e-4, atol=1e-4)
    assert "while" not in together.lower(x, w, stacked(tables)).as_text()  # one graph of two parts, not two in turn


def test_a_batch_of_tables_with_buckets_goes_in_turn():
    x = jax.random.normal(jax.random.key(0), (2, SOURCES, 3))
    both = jax.vmap(gather_sum)(x, stacked([with_hub(), with_hub()]))
    np.testing.assert_allclose(both[1], gather_sum(x[1], with_hub()), rtol=1e-5, atol=1e-6)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match="each of 9 sources"):
        gather_sum(jnp.ones((SOURCES + 1, 2)), even())
    with pytest.raises(ValueError, match=r"\(sources, heads, ...\)"):
        gather_sum(jnp.ones((SOURCES, 3)), even(), jnp.ones((even().slots, 2)))


@pytest.mark.parametrize("table", TABLES)
def test_shares_of_attention_sum_to_one(table):
    made = TABLES[table]()
    logits = 200 * jax.random.normal(jax.random.key(0), (made.slots, HEADS))
    shares = slot_softmax(jnp.where(made.filled[:, None], logits, jnp.nan), made)
    total = sum_slots(shares, made)
    np.testing.assert_allclose(total, jnp.tile((made.degrees() > 0)[:, None].astype(float), (1, HEADS)), rtol=1e-5)
    spoiled = jax.grad(lambda v: (slot_softmax(v, made) ** 2).sum())(jnp.where(made.filled[:, None], logits, jnp.inf))
    assert bool(jnp.isfinite(spoiled).all())
