"""The network that knows its equation, and its rivals that do not."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.geometry import Cells, InformedNetwork, parameter_count
from wellposed.geometry.graphs.cells import ARRIVING
from wellposed.nn import Perceptron, sum_slots, targets_to_slots, to_slots

from .cases import TIMES, Place, steps_on

INFORMED, PLAIN, CLASSICAL = "informed", "plain", "perceptron"
ROUNDS = 8  # of messages in the plain network; they share their weights


class PlainNetwork(eqx.Module):
    """Message passing without the equation's form: so many times x_i <- x_i + phi(x_i, sum over j of psi).

    It sees what the informed network sees: at a node the state and the time step over its mass, at an interface its
    features and sizes.
    """

    psi: Perceptron
    phi: Perceptron
    time: float = eqx.field(static=True)
    rounds: int = eqx.field(static=True, default=ROUNDS)

    @staticmethod
    def random(fields: int, interface: int, hidden: int, time: float, key: Key[Array, ""]) -> "PlainNetwork":
        """Close to the identity."""
        keys, node = jax.random.split(key), fields + 1
        psi = Perceptron((2 * node + interface, hidden, hidden), jax.nn.silu, key=keys[0])
        phi = Perceptron((node + hidden, hidden, fields), jax.nn.silu, key=keys[1], gain=0.1)
        return PlainNetwork(psi, phi, time)

    def __call__(self, x: Float[Array, "nodes fields"], cells: Cells) -> Float[Array, "nodes fields"]:
        """The state after the time."""
        step = (self.time / self.rounds / jnp.asarray(cells.mass))[:, None]
        parts = jnp.asarray(cells.features)[:, ARRIVING], jnp.asarray(cells.sizes)[:, ARRIVING]
        edges = jnp.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)

        def round_of(x: Array, _: None) -> tuple[Array, None]:
            nodes = jnp.concatenate([x, step], axis=1)
            ends = targets_to_slots(nodes, cells.table), to_slots(nodes, cells.table)
            heard = sum_slots(jax.vmap(self.psi)(jnp.concatenate([*ends, edges], axis=1)), cells.table)
            return x + jax.vmap(self.phi)(jnp.concatenate([nodes, heard], axis=1)), None

        return jax.lax.scan(round_of, x, None, length=self.rounds)[0]


class Classical(eqx.Module):
    """A perceptron of the values at all nodes in their order: it cannot be asked about another mesh."""

    net: Perceptron

    def __call__(self, x: Float[Array, "nodes fields"], cells: Cells) -> Float[Array, "nodes fields"]:
        """The state after the time."""
        return self.net(x.ravel()).reshape(x.shape)


def hops(network: Any) -> int | None:
    """How many edges away a node still has an effect on another; None for all nodes. RK4 has four stages a step."""
    if isinstance(network, InformedNetwork):
        return 4 * network.steps
    return network.rounds if isinstance(network, PlainNetwork) else None


def networks(equation: str, kind: str, place: Place, hidden: int, key: Key[Array, ""]) -> dict[str, Any]:
    """All networks before training; informed and plain have about as many parameters."""
    fields, time = (2 if equation == "wave" else 1), TIMES[equation, kind]
    _, _, sides, features = place.cells.features.shape
    steps = steps_on(equation, kind, place)
    informed = InformedNetwork.random(features, hidden, fields == 2, time=time, steps=steps, key=key)
    interface = sides * (features + 1)
    plain = lambda width: PlainNetwork.random(fields, interface, width, time, key)
    width = 1
    while parameter_count(plain(width + 1)) <= parameter_count(informed):
        width += 1
    size = fields * len(place.positions)
    return {
        INFORMED: informed,
        PLAIN: plain(width),
        CLASSICAL: Classical(Perceptron((size, 64, size), jax.nn.silu, key=key)),
    }
