"""The one aggregation of graphs and meshes: a weighted sum over neighbours whose transpose is a gather as well."""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.operators.primitive import linear_primitive

from .neighbour_table import SPLIT, NeighbourTable, Rows


def gather_sum(
    x: Float[Array, "sources *features"],
    neighbours: NeighbourTable,
    weights: Float[Array, "slots *heads"] | None = None,
) -> Float[Array, "targets *features"]:
    """y_p = sum over the slots s of p of w_s x_{source(s)}, an empty slot adding nothing.

    The map is linear in x, and its transpose is the same sum over the reverse table: no scatter, forward or in first
    derivatives (see `linear_primitive`). It runs as one gather per column of the table, which XLA fuses into one loop.

    Args:
        x: a value for each source.
        neighbours: the table.
        weights: one for each slot; None for 1. With several heads, each weighs its own part of x. What stands in empty
            slots is never used. They may be learned: their derivative is a gather, too.

    Shapes:
        Without heads x may have any trailing axes. With them x is `(sources, heads, ...)`.

    Returns:
        A value for each target; 0 for a target without neighbours.

    Example:
        >>> import numpy as np
        >>> path = NeighbourTable.from_edges(np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1]), 3, 3)
        >>> gather_sum(jnp.array([1.0, 2.0, 4.0]), path).tolist()
        [2.0, 5.0, 2.0]

    See also:
        `to_slots`, where what is summed depends on the edge in a way that no weight says.
    """
    heads = () if weights is None else weights.shape[1:]
    if x.shape[0] != neighbours.sources or (weights is not None and weights.shape[0] != neighbours.slots):
        raise ValueError(
            f"gather_sum expects a value for each of {neighbours.sources} sources and a weight for each of "
            f"{neighbours.slots} slots, got x of shape {x.shape} and "
            f"{'no weights' if weights is None else f'weights of shape {weights.shape}'}."
        )
    if x.shape[1 : 1 + len(heads)] != heads:
        raise ValueError(f"gather_sum expects x of shape (sources, heads, ...) for {heads} heads, got {x.shape}.")
    if weights is not None:
        x = x.astype(jnp.result_type(x, weights))
        weights = jnp.where(neighbours.filled[:, None], weights.reshape(len(weights), -1), 0).astype(x.dtype)
    columns = x.reshape(len(x), math.prod(heads), -1)
    y = _apply(columns, weights, neighbours.to_targets, neighbours.to_sources)
    return y.reshape(neighbours.targets, *x.shape[1:])


def to_slots(x: Float[Array, "sources *features"], neighbours: NeighbourTable) -> Float[Array, "slots *features"]:
    """u_s = x_{source(s)}, zero in empty slots; its transpose sums the slots of each source by gathers.

    Example:
        >>> import numpy as np
        >>> pair = NeighbourTable.from_edges(np.array([0, 0]), np.array([0, 1]), 1, 2)
        >>> jax.grad(lambda x: to_slots(x, pair).sum())(jnp.ones((1, 2))).tolist()
        [[2.0, 2.0]]
    """
    lift = Rows((neighbours.source_of_slot[:, None],), None, None)
    back = neighbours.to_sources
    return _flat(x, lift, Rows(back.slots or (), None, back.place))


def targets_to_slots(
    x: Float[Array, "targets *features"], neighbours: NeighbourTable
) -> Float[Array, "slots *features"]:
    """u_s = x_{target(s)}, zero in empty slots: the other end of `to_slots`.

    Example:
        >>> import numpy as np
        >>> pair = NeighbourTable.from_edges(np.array([0, 0]), np.array([0, 1]), 1, 2)
        >>> targets_to_slots(jnp.array([3.0, 5.0]), pair).tolist()
        [3.0, 5.0]
    """
    return _flat(x, Rows((neighbours.target_of_slot[:, None],), None, None), _slots_of_targets(neighbours))


def sum_slots(u: Float[Array, "slots *features"], neighbours: NeighbourTable) -> Float[Array, "targets *features"]:
    """y_p = sum over the slots s of p of u_s: the transpose of `targets_to_slots`.

    Example:
        >>> import numpy as np
        >>> pair = NeighbourTable.from_edges(np.array([0, 0]), np.array([0, 1]), 1, 2)
        >>> sum_slots(jnp.array([3.0, 5.0]), pair).tolist()
        [3.0, 5.0]
    """
    if neighbours.width is not None:
        filled = neighbours.filled.reshape(-1, *(1,) * (u.ndim - 1))
        return jnp.where(filled, u, 0).reshape(neighbours.targets, neighbours.width, *u.shape[1:]).sum(1)
    return _flat(u, _slots_of_targets(neighbours), Rows((neighbours.target_of_slot[:, None],), None, None))


def slot_softmax(
    logits: Float[Array, "slots *features"], neighbours: NeighbourTable
) -> Float[Array, "slots *features"]:
    """exp(l_s) over its sum for each target, 0 in empty slots: shares of attention.

    Example:
        >>> import numpy as np
        >>> pair = NeighbourTable.from_edges(np.array([0, 1]), np.array([0, 0]), 2, 1)
        >>> slot_softmax(jnp.zeros(2), pair).tolist()
        [0.5, 0.5]
    """
    filled = neighbours.filled.reshape(-1, *(1,) * (logits.ndim - 1))
    fixed = jax.lax.stop_gradient(jnp.where(filled, logits, -jnp.inf))  # any shift of a target's logits gives the same
    if neighbours.width is not None:
        most = fixed.reshape(neighbours.targets, neighbours.width, *logits.shape[1:]).max(1)
    else:
        most = jax.ops.segment_max(fixed, neighbours.target_of_slot, neighbours.targets)
    shift = targets_to_slots(jnp.where(jnp.isfinite(most), most, 0), neighbours)
    e = jnp.where(filled, jnp.exp(jnp.where(filled, logits - shift, 0)), 0)
    return e / jnp.where(filled, targets_to_slots(sum_slots(e, neighbours), neighbours), 1)


def _slots_of_targets(neighbours: NeighbourTable) -> Rows:
    parts, start = [], 0
    for others in neighbours.to_targets.others:
        own = start + jnp.arange(others.size, dtype=jnp.int32).reshape(others.shape)
        parts.append(jnp.where(others < neighbours.sources, own, neighbours.slots))
        start += others.size
    return Rows(tuple(parts), None, neighbours.to_targets.place)


def _flat(x: Array, there: Rows, back: Rows) -> Array:
    y = _apply(x.reshape(len(x), 1, -1), None, there, back)
    return y.reshape(len(y), *x.shape[1:])


def _apply(x: Array, weights: Array | None, there: Rows, back: Rows) -> Array:
    leaves, structure = jax.tree.flatten((weights, there, back))
    return _gather_sum(x, *leaves, structure=structure)


def _forward(x: Array, *leaves: Array, structure: Any) -> Array:
    weights, there, _ = jax.tree.unflatten(structure, leaves)
    if weights is None:
        return _sum(x, None, there)
    rows, layout = jax.tree.flatten(there)
    return _weigh(weights[:, :, None], x, *rows, structure=layout)[..., 0]


def _adjoint(y: Array, *leaves: Array, structure: Any) -> Array:
    weights, _, back = jax.tree.unflatten(structure, leaves)
    return _sum(y, weights, back)


def _weighed(weights: Array, x: Array, *rows: Array, structure: Any) -> Array:
    """The same sum as a linear map of the weights: (slots, heads, batch) to (targets, heads, features, batch)."""
    there = jax.tree.unflatten(structure, rows)
    return jax.vmap(lambda w: _sum(x, w, there), -1, -1)(weights)


def _dots(y: Array, x: Array, *rows: Array, structure: Any) -> Array:
    """Its transpose: for each slot the inner product of what its target got and what its source has."""
    there = jax.tree.unflatten(structure, rows)
    y = y if there.place is None else _permute_back(y, there.place)
    found, start, split, repeated = [], 0, [], []
    for others in there.others:
        count, width = others.shape
        mine = _alone(y[start : start + count])
        start += count
        if width > SPLIT:
            split.append(others.reshape(-1, SPLIT))
            repeated.append(jnp.repeat(mine, width // SPLIT, axis=0))
        else:
            found.append(_dot_rows(mine, x, others))
    if split:
        found.append(_dot_rows(_joined(repeated), x, _joined(split)))
    return _joined(found)


def _dot_rows(y: Array, x: Array, others: Array) -> Array:
    inside = jnp.minimum(others, len(x) - 1)  # an empty slot gets some number, which no weight listens to
    batch = range(y.shape[-1])
    columns = [
        jnp.stack([(y[..., b] * _rows_of(x, inside[:, k])).sum(-1) for b in batch], -1) for k in range(others.shape[1])
    ]
    return jnp.stack(columns, 1).reshape(others.size, *columns[0].shape[1:])


def _sum(x: Array, weights: Array | None, rows: Rows) -> Array:
    """The sum over each row, table by table. x: (nodes, heads, features), weights: (slots, heads).

    The rows of all wide tables are cut into pieces of one width and summed together, so that the program has one
    gather per column of at most four widths, whatever the degrees are; tables lie in the order of their widths.
    """
    x = _alone(jnp.concatenate([x, jnp.zeros_like(x[:1])]))  # "none" reads a zero
    owns = _weights_of(weights, rows)
    narrow = [b for b, others in enumerate(rows.others) if others.shape[1] <= SPLIT]
    sums = [_sum_rows(x, owns[b], rows.others[b]) for b in narrow]
    if wide := list(range(len(narrow), len(rows.others))):
        own = None if weights is None else _joined([_pieces(owns[b]) for b in wide])
        parts, start = _alone(_sum_rows(x, own, _joined([_pieces(rows.others[b]) for b in wide]))), 0
        for b in wide:
            count, pieces = len(rows.others[b]), rows.others[b].shape[1] // SPLIT
            part = parts[start : start + count * pieces].reshape(count, pieces, *x.shape[1:])
            sums.append(functools.reduce(jnp.add, (part[:, i] for i in range(pieces))) if pieces <= 4 else part.sum(1))
            start += count * pieces
    y = _alone(_joined(sums))
    return y if rows.place is None else _permute(y, rows.place)


def _weights_of(weights: Array | None, rows: Rows) -> list[Any]:
    """The weights of each table, as (rows, width, heads)."""
    if weights is None:
        return [None] * len(rows.others)
    if rows.slots is not None:
        padded = jnp.concatenate([weights, jnp.zeros_like(weights[:1])])
        return [_alone(padded[slots]) for slots in rows.slots]
    owns, start = [], 0
    for others in rows.others:
        owns.append(weights[start : start + others.size].reshape(*others.shape, -1))
        start += others.size
    return owns


def _pieces(table: Array) -> Array:
    return table.reshape(-1, SPLIT, *table.shape[2:])


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else jnp.concatenate(parts)


def _sum_rows(x: Array, weights: Array | None, others: Array) -> Array:
    y = jnp.zeros((len(others), *x.shape[1:]), x.dtype)
    for k in range(others.shape[1]):
        term = _rows_of(x, others[:, k])
        y = y + (term if weights is None else weights[:, k, :, None] * term)
    return y


def _rows_of(x: Array, index: Array) -> Array:
    return x.at[index].get(mode="promise_in_bounds")


def _alone(x: Array) -> Array:
    """Not fused into what reads it: a gather reads each element once per neighbour, and would compute it as often."""
    return jax.lax.optimization_barrier(x)


def _unite(x: Array, *leaves: Array, structure: Any) -> list[Array] | None:
    """A batch of graphs as one graph of as many parts, where no buckets mix the order of the nodes."""
    weights, there, back = jax.tree.unflatten(structure, leaves)
    if there.place is not None or back.place is not None:
        return None
    sources, targets = back.others[0].shape[1], there.others[0].shape[1]
    slots = 0 if weights is None else weights.shape[1]
    united = (
        None if weights is None else _flat_batch(weights),
        _parts(there, sources, slots),
        _parts(back, targets, slots),
    )
    return [_flat_batch(x), *jax.tree.leaves(united)]


def _unite_weighed(first: Array, x: Array, *rows: Array, structure: Any) -> list[Array] | None:
    there = jax.tree.unflatten(structure, rows)
    if there.place is not None:
        return None
    return [_flat_batch(first), _flat_batch(x), *jax.tree.leaves(_parts(there, x.shape[1], 0))]


def _parts(rows: Rows, nodes: int, slots: int) -> Rows:
    others = tuple(_offset(part, nodes) for part in rows.others)
    return Rows(others, None if rows.slots is None else tuple(_offset(part, slots) for part in rows.slots), None)


def _offset(index: Array, none: int) -> Array:
    start = none * jnp.arange(len(index), dtype=index.dtype)[:, None, None]
    return _flat_batch(jnp.where(index == none, len(index) * none, index + start))


def _flat_batch(values: Array) -> Array:
    return values.reshape(-1, *values.shape[2:])


# the derivative in the weights transposes this step, too
_permute = linear_primitive("permute_rows", lambda y, place: y[place[0]], lambda y, place: y[place[1]])
_permute_back = linear_primitive("permute_rows_back", lambda y, place: y[place[1]], lambda y, place: y[place[0]])
# the map is linear in x and in the weights, so that each has a primitive, whose derivative in the table is the other
_weigh = linear_primitive("weigh", _weighed, _dots, _unite_weighed)
_gather_sum = linear_primitive("gather_sum", _forward, _adjoint, _unite)
