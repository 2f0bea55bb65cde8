"""A network that knows the form of its equation: fluxes between cells, of which it learns the law."""

import dataclasses
import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.dynamics import RK4, Flow
from wellposed.nn import NeighbourTable, Perceptron, gather_sum, sum_slots

from .cells import ARRIVING, LEAVING, Cells

_STABLE = 2.5  # RK4 is stable on the real axis down to -2.78, on the imaginary axis up to 2.83

_MULTIPLE = 8  # of steps, so that places which ask for nearly as many share a program


class ConservativeField(eqx.Module):
    """m_i u_i' = sum over j of r_ji u_j - r_ij u_i, or that for u_i'' [@eymard2000].

    What leaves a cell arrives at another: the sum of m_i u_i stays, whatever the rates are.

    Args:
        second_order: whether the state is (u, u') and the sum gives u''.

    Shapes:
        `t, (nodes, fields), (arriving, leaving, mass, table) -> (nodes, fields)`, with one field or two.
    """

    second_order: bool = eqx.field(static=True, default=False)

    def __call__(
        self,
        t: Float[Array, ""],
        x: Float[Array, "nodes fields"],
        args: tuple[Float[Array, " slots"], Float[Array, " nodes"], Float[Array, " nodes"], NeighbourTable],
    ) -> Float[Array, "nodes fields"]:
        """The slope of a state."""
        arriving, leaving, mass, table = args
        u = x[:, :1]
        change = (gather_sum(u, table, arriving) - leaving[:, None] * u) / mass[:, None]
        return jnp.concatenate([x[:, 1:], change], axis=1) if self.second_order else change


class InformedNetwork(eqx.Module):
    """The flow of a conservation law on a graph or mesh, whose rates r = size * g(features) are learned [@eymard2000].

    g is a perceptron of what describes an interface, the same for all interfaces of all graphs. Conservation and, where
    the two directions of an edge are described alike, symmetry hold whatever g is: heat (first order) and waves (second
    order) with a Laplacian, or advection with directed rates. In the state it is linear.

    Args:
        g: one interface's features to one number.
        field: of first or second order.
        time: how long the flow is.
        steps: of RK4.

    Shapes:
        `(nodes, 1), cells -> (nodes, 1)`; of second order `(nodes, 2)`, u and u'.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Graph, graph_cells
        >>> pair = graph_cells(Graph.from_pairs(np.array([[0, 1]]), 2), np.eye(3)[:2], 2.0).on_device()
        >>> net = InformedNetwork.random(1, 8, time=1.0, steps=4, key=jax.random.key(0))
        >>> round(float(net(jnp.array([[1.0], [0.5]]), pair).sum()), 5)
        1.5

    When it fails: the steps are explicit, and stable while time / steps * 2 * rate / mass is below 2.8 at each node;
    `stable_on` finds how many that takes. Nothing holds g above 0, below which diffusion is ill-posed.
    """

    g: Callable[[Float[Array, " features"]], Float[Array, " one"]]
    field: ConservativeField
    time: float = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    @staticmethod
    def random(
        features: int, hidden: int, second_order: bool = False, *, time: float, steps: int, key: Key[Array, ""]
    ) -> "InformedNetwork":
        """With two hidden layers in g.

        Args:
            features: of an interface.
            hidden: width of the hidden layers.
            second_order: whether u'' or u' is the sum of the fluxes.
            time: how long the flow is.
            steps: of RK4.
            key: of the initial weights.
        """
        g = Perceptron((features, hidden, hidden, 1), jax.nn.silu, key=key)
        return InformedNetwork(g, ConservativeField(second_order), time, steps)

    def __call__(self, x: Float[Array, "nodes fields"], cells: Cells) -> Float[Array, "nodes fields"]:
        """The state after `time`."""
        rates = self.rates(cells)
        leaving = sum_slots(rates[:, LEAVING], cells.table)
        args = rates[:, ARRIVING], leaving, jnp.asarray(cells.mass), cells.table
        return Flow(self.field, RK4(), t1=self.time, steps=self.steps)(x, args)

    def rates(self, cells: Cells) -> Float[Array, "slots directions"]:
        """r of each edge, leaving its target and arriving there; one column where they are the same."""
        law = self.g
        for _ in range(3):
            law = jax.vmap(law)
        return (jnp.asarray(cells.sizes) * law(jnp.asarray(cells.features))[..., 0]).sum(-1)

    def stable_on(self, cells: Cells) -> "InformedNetwork":
        """The same network with as many steps as these cells ask for, and no fewer than it has."""
        rates = jnp.abs(self.rates(cells))
        total = jnp.maximum(*(sum_slots(rates[:, way], cells.table) for way in (LEAVING, ARRIVING)))
        asked = stable_steps(self.time, float((total / jnp.asarray(cells.mass)).max()), self.field.second_order)
        return dataclasses.replace(self, steps=max(self.steps, asked))


def stable_steps(time: float, rate: float, second_order: bool = False) -> int:
    """How many steps of RK4 are stable on a place, a multiple of 8.

    Args:
        time: how long the flow is.
        rate: the largest sum of a node's rates over its mass; by Gershgorin no eigenvalue is larger than twice that.
        second_order: whether the fluxes give u''.

    Example:
        >>> stable_steps(0.1, 149.0), stable_steps(0.1, 149.0, second_order=True)
        (16, 8)
    """
    fastest = math.sqrt(2 * rate) if second_order else 2 * rate
    return _MULTIPLE * math.ceil(time * fastest / _STABLE / _MULTIPLE)
