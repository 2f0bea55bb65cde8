"""Who gathers from whom: a neighbour table of fixed width with its reverse, for graphs, meshes and pooling."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

SPLIT = 32  # wider rows have a multiple of this width and are summed in pieces, so that no program grows with degrees
PIECE = 16  # the same for tables of several widths
WASTE = 2.0  # one table for all degrees while it has at most so many slots per edge


class Rows(eqx.Module):
    """For each node the slots that it sums, in tables of a few widths (degree buckets).

    `others[b][i, k]` is the node at the other end of the slot `slots[b][i, k]`. The number of other nodes, and of
    slots, stands for "none". Without `slots` they are numbered row by row, table after table. `place` says in which row
    of all tables together a node lies; without it, in its own.
    """

    others: tuple[Int[Array, "..."], ...]
    slots: tuple[Int[Array, "..."], ...] | None
    place: Int[Array, "..."] | None

    @property
    def piece(self) -> int:
        """Rows that are wider are a multiple of it, and are summed in pieces of it."""
        return SPLIT if self.place is None else PIECE


class NeighbourTable(eqx.Module):
    """Edges from sources to targets, so that both the sum over them and its transpose are gathers.

    A *slot* is a place for one edge: each target has as many as its table is wide, and slots that no edge fills stand
    for "none". Values per edge (weights, angles) are arrays over the slots. If degrees vary widely, as in a network
    with hubs, targets are sorted into tables of the widths 4, 8, 16, ..., so that about half of the slots are filled.

    Build it with `NeighbourTable.from_edges`.

    Example:
        >>> import numpy as np
        >>> path = NeighbourTable.from_edges(np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1]), 3, 3)
        >>> path.slots, path.degrees().tolist(), path.source_of_slot.tolist()
        (6, [1, 2, 1], [1, 3, 0, 2, 1, 3])
    """

    to_targets: Rows
    to_sources: Rows
    source_of_slot: Int[Array, "..."]
    target_of_slot: Int[Array, "..."]
    edge_of_slot: Int[Array, "..."]
    sources: int = eqx.field(static=True)
    targets: int = eqx.field(static=True)

    @staticmethod
    def from_edges(
        source: Int[np.ndarray, " edges"],
        target: Int[np.ndarray, " edges"],
        sources: int,
        targets: int,
        width: int | None = None,
        reverse_width: int | None = None,
    ) -> "NeighbourTable":
        """The table of a list of edges.

        Args:
            source: whose value an edge carries.
            target: who sums it.
            sources: how many sources there are.
            targets: how many targets there are.
            width: of the one table over the targets; None takes what the degrees ask for, in buckets if they vary.
            reverse_width: the same over the sources. Tables of equal widths and sizes can be stacked to a batch.

        Raises:
            ValueError: an index outside, or a degree above a given width.
        """
        source, target = np.asarray(source), np.asarray(target)
        for name, index, count in (("source", source, sources), ("target", target, targets)):
            if len(index) and not 0 <= index.min() <= index.max() < count:
                raise ValueError(
                    f"NeighbourTable expects each {name} in 0 to {count - 1}, got {index.min()} to {index.max()}."
                )
        edges_of, place = _tables(target, targets, width, "width")
        edge = np.concatenate([part.ravel() for part in edges_of])
        slot_of_edge = np.full(len(source) + 1, len(edge))
        slot_of_edge[edge] = np.arange(len(edge))
        slot_of_edge[-1] = len(edge)
        back, back_place = _tables(source, sources, reverse_width, "reverse_width")
        source_or_none, target_or_none = np.append(source, sources), np.append(target, targets)
        return NeighbourTable(
            _rows([source_or_none[part] for part in edges_of], None, place),
            _rows([target_or_none[part] for part in back], [slot_of_edge[part] for part in back], back_place),
            jnp.asarray(source_or_none[edge], jnp.int32),
            jnp.asarray(target_or_none[edge], jnp.int32),
            jnp.asarray(edge, jnp.int32),
            sources,
            targets,
        )

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return self.source_of_slot.shape[-1]

    @property
    def filled(self) -> Bool[Array, " slots"]:
        """Which slots hold an edge."""
        return self.source_of_slot < self.sources

    @property
    def width(self) -> int | None:
        """Of the one table over the targets: slots lie as (targets, width). None with degree buckets."""
        return self.to_targets.others[0].shape[-1] if self.to_targets.place is None else None

    def degrees(self) -> Int[Array, " targets"]:
        """How many edges each target has."""
        rows = self.to_targets
        found = jnp.concatenate([(others < self.sources).sum(1, dtype=jnp.int32) for others in rows.others])
        return found if rows.place is None else found[rows.place[0]]

    def reversed(self) -> "NeighbourTable":
        """The same edges from targets to sources; its slots are numbered anew."""
        edges = np.asarray(self.filled)
        source, target = np.asarray(self.source_of_slot)[edges], np.asarray(self.target_of_slot)[edges]
        return NeighbourTable.from_edges(target, source, self.targets, self.sources)


def _rows(others: list[np.ndarray], slots: list[np.ndarray] | None, place: np.ndarray | None) -> Rows:
    as_int = lambda parts: tuple(jnp.asarray(part, jnp.int32) for part in parts)
    return Rows(
        as_int(others),
        None if slots is None else as_int(slots),
        None if place is None else jnp.asarray(place, jnp.int32),
    )


def _tables(node: np.ndarray, nodes: int, width: int | None, name: str) -> tuple[list[np.ndarray], np.ndarray | None]:
    """The edges of each node, in one table or in buckets of similar degree; `len(node)` stands for no edge."""
    degree = np.bincount(node, minlength=nodes)
    most = max(int(degree.max(initial=0)), 1)
    if width is not None and most > width:
        raise ValueError(
            f"NeighbourTable expects at most {name}={width} edges at a node, got {most}: give {name}={most}."
        )
    edges = np.append(np.argsort(node, kind="stable"), len(node))  # node by node
    first = np.cumsum(degree) - degree
    if width is not None or nodes * most <= WASTE * max(len(node), nodes):
        wide = width or most
        return [_fill(edges, first, degree, wide if wide <= SPLIT else -(-wide // SPLIT) * SPLIT)], None
    bucket = np.maximum(2 ** np.ceil(np.log2(np.maximum(degree, 1))).astype(int), 4)
    widths = np.unique(bucket)
    members = [np.flatnonzero(bucket == w) for w in widths]
    order = np.concatenate(members)
    place = np.stack([np.argsort(order), order])
    return [_fill(edges, first[of], degree[of], int(w)) for of, w in zip(members, widths, strict=True)], place


def _fill(edges: np.ndarray, first: np.ndarray, degree: np.ndarray, width: int) -> np.ndarray:
    column = np.arange(width)[None]
    return edges[np.where(column < degree[:, None], first[:, None] + column, len(edges) - 1)]


def stacked(tables: list[NeighbourTable]) -> NeighbourTable:
    """A batch of tables of equal sizes and widths, for `jax.vmap`.

    Example:
        >>> import numpy as np
        >>> one = NeighbourTable.from_edges(np.array([0]), np.array([1]), 2, 2, width=1, reverse_width=1)
        >>> stacked([one, one]).source_of_slot.shape
        (2, 2)
    """
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *tables)
