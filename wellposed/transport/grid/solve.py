"""The splitting that solves a game on a grid."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from .bounds import Parts, dual, feasible, kinetic_energy
from .game import GridGame
from .projection import Copy, Path, Weights, carried, copied, projected
from .proximal import kinetic, node
from .solution import GRID_RESULTS, GridSolution
from .stencils import gradient
from .tabulated import FLOOR, NodeCosts, terminal_cost

_OVERRELAXATION = 1.8
_STEPS_PER_CHECK = 50
_RATIO, _MOST = 1.5, 4.0  # residuals may differ by the first; weights change by at most the second at a check


class _State(NamedTuple):
    """The copy V, the scaled multipliers, log of the nodes' density (a guess for the next step), and the weights."""

    copy: Copy
    multiplier: Copy
    log_rho: Float[Array, "steps *space"]
    weights: Weights


class _Search(NamedTuple):
    """Where the solver stands: its state, and the best path and potential so far with their values."""

    state: _State
    path: Path
    phi: Float[Array, "steps *space"]
    primal: Float[Array, ""]
    dual: Float[Array, ""]
    steps: Int[Array, ""]


def solve_grid(game: GridGame, tolerance: float = 1e-3, max_steps: int = 5000, throw: bool = True) -> GridSolution:
    """Solves a variational mean-field game on a grid by alternating directions [@benamou2000; @benamou2015].

    The density stands at the ends of the steps and the momentum on the faces during each [@papadakis2014]. The costs
    see copies: m and the mean density on each face, and the density at the ends of the steps. An iteration projects on
    the continuity equation (cosine transforms and a tridiagonal system in time), and then minimises the costs, cell by
    cell. Second order in space and time for smooth densities. It ends at a certified gap: the primal value is that of
    a path that obeys the equation and is not negative, the dual value a bound that holds for every discrete path.

    Args:
        game: the problem.
        tolerance: of the primal-dual gap, relative to the transport's cost alpha int int |v|^2 rho / 2.
        max_steps: rounded up to the next check, one in fifty.
        throw: whether to raise if the tolerance is not reached.

    Returns:
        The optimum with a true bound of its distance from the discrete optimum.

    Raises:
        RuntimeError: the gap was not reached, with a sentence, where `throw`.

    Example:
        >>> from wellposed.transport import FixedDensity, Gaussian, Grid
        >>> grid = Grid(box=((-3.0, 3.0),), shape=(32,), steps=8)
        >>> ends = [Gaussian.isotropic(jnp.array([x]), 0.2) for x in (-0.5, 0.5)]
        >>> solution = solve_grid(GridGame(grid, ends[0], FixedDensity(ends[1])), tolerance=1e-2)
        >>> bool(abs(solution.transport_cost - 1) < 0.02)
        True

    When it fails: float32 rounds the gap to about 1e-4 of the cost; use float64 for less.
    """
    found = _solved(game, NodeCosts.of(game), jnp.asarray(tolerance, game.start.dtype), jnp.asarray(max_steps))
    if not throw:
        return found
    return found.result.error_if(found, found.result != GRID_RESULTS.successful)  # pyright: ignore[reportAttributeAccessIssue]


@eqx.filter_jit
def _solved(game: GridGame, costs: NodeCosts, tolerance: Array, max_steps: Array) -> GridSolution:
    inner = _inner_path(game, costs)

    def unfinished(search: _Search) -> Array:
        limit = tolerance * _kinetic(game, search.path)
        return (search.steps < max_steps) & ~(search.primal - search.dual <= limit) & ~jnp.isnan(search.dual)

    found = jax.lax.while_loop(unfinished, lambda search: _searched(game, costs, inner, search), _first(game, inner))
    energy = _kinetic(game, found.path) / game.alpha
    end = terminal_cost(game, found.path.rho[-1])
    parts = Parts(energy, found.primal - game.alpha * energy - end, end)
    closed = found.primal - found.dual <= tolerance * energy * game.alpha
    finite = jnp.isfinite(found.primal) & jnp.isfinite(found.dual)
    failure = GRID_RESULTS.where(finite, GRID_RESULTS.gap_not_reached, GRID_RESULTS.not_finite)
    result = GRID_RESULTS.where(closed & finite, GRID_RESULTS.successful, failure)  # pyright: ignore[reportArgumentType]
    rho = jnp.concatenate([game.start[None], found.path.rho])
    solution = GridSolution(
        game, rho, found.path.momentum, found.phi, parts, found.primal, found.dual, result, {"steps": found.steps}
    )
    return eqx.tree_at(lambda s: s.stats, solution, {"steps": found.steps, **solution.errors()})


def _searched(game: GridGame, costs: NodeCosts, inner: Path, search: _Search) -> _Search:
    """The search after as many steps as there are between two checks."""
    state = jax.lax.fori_loop(0, _STEPS_PER_CHECK - 1, lambda _, s: _stepped(game, costs, s)[0], search.state)
    state, path, phi, balance = _stepped(game, costs, state)
    path, primal = feasible(game, costs, path, inner)
    bound, phi = dual(game, costs, phi)
    better, higher = primal < search.primal, bound > search.dual
    pick = lambda yes: lambda a, b: jnp.where(yes, a, b)
    return _Search(
        _balanced(state, balance),
        jax.tree.map(pick(better), path, search.path),
        pick(higher)(phi, search.phi),
        jnp.where(better, primal, search.primal),
        jnp.where(higher | jnp.isnan(bound), bound, search.dual),
        search.steps + _STEPS_PER_CHECK,
    )


def _stepped(game: GridGame, costs: NodeCosts, state: _State) -> tuple[_State, Path, Array, Weights]:
    """One step; with its path and potential, and the primal over the dual residual, of densities and of momenta."""
    grid, weights = game.grid, state.weights
    goal = jax.tree.map(jnp.subtract, state.copy, state.multiplier)
    path, phi = projected(grid, game.nu, game.start, game.end, goal, weights)
    seen = copied(grid, game.start, path)
    relaxed = jax.tree.map(lambda a, b: b + _OVERRELAXATION * (a - b), seen, state.copy)
    wish = jax.tree.map(jnp.add, relaxed, state.multiplier)
    pairs = [
        kinetic(rho, m, game.alpha, weights.density, weights.momentum)
        for rho, m in zip(wish.face, wish.momentum, strict=True)
    ]
    log_rho = node(costs, wish.node, weights.density, state.log_rho)
    rho = jnp.exp(log_rho) if game.end is None else jnp.exp(log_rho).at[-1].set(game.end)
    copy = Copy(tuple(p[0] for p in pairs), tuple(p[1] for p in pairs), rho)
    multiplier = jax.tree.map(jnp.subtract, wish, copy)
    return _State(copy, multiplier, log_rho, weights), path, phi, _balance(seen, copy, state.copy, multiplier)


def _balance(seen: Copy, copy: Copy, before: Copy, multiplier: Copy) -> Weights:
    """For densities and momenta: the relative primal residual over the relative dual one."""

    def ratio(*names: str) -> Array:
        part = lambda c: [getattr(c, name) for name in names]
        difference = lambda a, b: jnp.sqrt(_square(jax.tree.map(jnp.subtract, part(a), part(b))))
        primal = difference(seen, copy) / jnp.sqrt(_square(part(copy)))
        last = difference(copy, before) / jnp.sqrt(_square(part(multiplier)))
        return primal / last

    return Weights(ratio("face", "node"), ratio("momentum"))


def _balanced(state: _State, balance: Weights) -> _State:
    """The weights moved so that no residual lags far behind; the multipliers, which they scale, likewise."""

    def factor(ratio: Array) -> Array:
        change = jnp.where((ratio > _RATIO) | (ratio < 1 / _RATIO), jnp.sqrt(ratio), 1)
        return jnp.where(jnp.isfinite(change), jnp.clip(change, 1 / _MOST, _MOST), 1)

    change = Weights(*(factor(r) for r in balance))
    u = state.multiplier
    scaled = Copy(
        tuple(a / change.density for a in u.face),
        tuple(a / change.momentum for a in u.momentum),
        u.node / change.density,
    )
    weights = Weights(*(w * c for w, c in zip(state.weights, change, strict=True)))
    return _State(state.copy, scaled, state.log_rho, weights)


def _first(game: GridGame, inner: Path) -> _Search:
    grid = game.grid
    copy = copied(grid, game.start, inner)
    typical = jnp.sum(game.start**2) * grid.volume
    speed = sum((b - a) ** 2 for a, b in grid.box) / 16 / grid.duration**2
    weights = Weights(game.alpha * speed / typical, game.alpha / typical)
    state = _State(copy, jax.tree.map(jnp.zeros_like, copy), jnp.maximum(jnp.log(inner.rho), FLOOR), weights)
    infinite = jnp.asarray(jnp.inf, game.start.dtype)
    return _Search(state, inner, jnp.zeros_like(inner.rho), infinite, -infinite, jnp.asarray(0))


def _inner_path(game: GridGame, costs: NodeCosts) -> Path:
    """A positive density that obeys the equation: the ends, blended, with some of a nearly uniform one."""
    grid = game.grid
    even = jnp.where(costs.walls, 1e-3, 1.0).astype(game.start.dtype)
    even = even / (jnp.sum(even) * grid.volume)
    target = game.target()
    end = even if target is None else target / (jnp.sum(target) * grid.volume)
    t = (grid.times()[1:] / grid.duration).astype(even.dtype).reshape((-1,) + (1,) * grid.dimension)
    some = t / 2 if target is None else t * (1 - t)
    rho = (1 - some) * ((1 - t) * game.start[None] + t * end[None]) + some * even[None]
    return carried(grid, game.nu, game.start, Path(rho, gradient(grid, jnp.zeros_like(rho))))


def _kinetic(game: GridGame, path: Path) -> Array:
    copy = copied(game.grid, game.start, path)
    return game.alpha * kinetic_energy(copy, game.grid.volume * game.grid.dt)


def _square(tree: object) -> Array:
    leaves = [jnp.sum(leaf**2) for leaf in jax.tree.leaves(tree)]
    return sum(leaves[1:], leaves[0])
