"""What is drawn of a crowd: densities, ways, the value function; computed once, drawn later."""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.transport import AbstractDensity, Agent, Characteristics, MeanFieldGame, Potential

from .sides import Unit

CELLS = 72  # along the longer side of a picture


@dataclass(frozen=True)
class Portrait:
    """A plane section of a game and of what was learned: the first two dimensions, the others at zero.

    Attributes:
        extent: left, right, bottom, top.
        initial: the initial density on the picture's cells, rows from bottom to top.
        target: where all should end.
        pushed: the density that the learned map makes of the initial one.
        obstacle: the price of places; None where there is none.
        ways: of some agents, (agents, times, 2).
        crowd: of many agents at a few times, (times, agents, 2).
        values: the value function at 0, T/2 and T, (3, rows, columns).
        bend: mean length of the ways over mean distance of their ends, in the first two dimensions, less 1.
    """

    extent: tuple[float, float, float, float]
    initial: np.ndarray
    target: np.ndarray
    pushed: np.ndarray
    obstacle: np.ndarray | None
    ways: np.ndarray
    crowd: np.ndarray
    values: np.ndarray
    bend: float


def portrait(
    game: MeanFieldGame,
    target: AbstractDensity,
    phi: Potential,
    box: tuple[tuple[float, float], ...],
    price: Any,
    seed: int,
    unit: Unit,
    steps: int = 32,
) -> Portrait:
    """The portrait of one learned potential.

    Args:
        game: that was learned.
        target: of its terminal cost.
        phi: the potential.
        box: what is shown.
        price: what a place costs, a function of a point, or None.
        seed: of the agents that are shown.
        unit: the frame of all these; the portrait is in the user's units.
        steps: of RK4.
    """
    (left, right), (bottom, top) = box
    wide, high = right - left, top - bottom
    columns, rows = (max(8, round(CELLS * side / max(wide, high))) for side in (wide, high))
    xs = left + wide * (jnp.arange(columns) + 0.5) / columns
    ys = bottom + high * (jnp.arange(rows) + 0.5) / rows
    plane = jnp.stack(jnp.meshgrid(xs, ys), -1).reshape(-1, 2)
    points = jnp.pad(plane, ((0, 0), (0, phi.dimension - 2)))
    agents = game.initial.sample(jax.random.fold_in(jax.random.key(seed), 2), 1200)
    on_cells, ways = _computed(game, target, phi, points, agents, price, steps)
    volume = float(unit.length) ** phi.dimension
    shaped = {name: np.asarray(values).reshape(rows, columns) for name, values in on_cells.items() if name != "values"}
    ways = np.asarray(unit.to_user(ways[..., :2]))
    (left, bottom), (right, top) = (unit.to_user(jnp.array(corner)).tolist() for corner in zip(*box, strict=True))
    lengths = np.linalg.norm(np.diff(ways, axis=1), axis=2).sum(1)
    distances = np.linalg.norm(ways[:, -1] - ways[:, 0], axis=1)
    return Portrait(
        (left, right, bottom, top),
        shaped["initial"] / volume,
        shaped["target"] / volume,
        shaped["pushed"] / volume,
        shaped.get("obstacle"),
        ways[:48],
        np.moveaxis(ways, 0, 1),
        np.asarray(on_cells["values"]).reshape(3, rows, columns),
        float(lengths.mean() / max(distances.mean(), 1e-12) - 1),
    )


@eqx.filter_jit
def _computed(
    game: MeanFieldGame, target: AbstractDensity, phi: Potential, points: Any, agents: Any, price: Any, steps: int
) -> tuple[dict[str, Any], Any]:
    flow = Characteristics(phi, (), game.kinetic).flow(game.horizon, steps)
    zero = jnp.zeros((), points.dtype)

    def pushed(x: jax.Array) -> jax.Array:
        """log rho(x, T): back to where the agent at x came from."""
        back: Agent = flow.inverse(Agent.at(x), zero)
        return game.initial.log_prob(back.x) + back.log_det

    half = (0.0, 0.5, 1.0)
    at = lambda t: jax.vmap(lambda x: phi(x, jnp.asarray(t * game.horizon, x.dtype)))(points)
    cells = {
        "initial": jnp.exp(jax.vmap(game.initial.log_prob)(points)),
        "target": jnp.exp(jax.vmap(target.log_prob)(points)),
        "pushed": jnp.exp(jax.vmap(pushed)(points)),
        "values": jnp.stack([at(t) for t in half]),
    }
    if price is not None:
        cells["obstacle"] = jax.vmap(price)(points)
    return cells, jax.vmap(lambda x: flow.trajectory(Agent.at(x), None, zero).x)(agents)
