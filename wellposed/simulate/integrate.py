"""Reference solutions of many initial value problems at once."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from .trajectories import Trajectories

Slope = Callable[[Float[Array, " state"], Float[Array, ""]], Float[Array, " state"]]


def integrate(
    slope: Slope,
    starts: Float[ArrayLike, "trajectories state"],
    parameters: Float[ArrayLike, " trajectories"],
    ts: Float[ArrayLike, " times"],
    tolerance: float = 1e-8,
) -> Trajectories:
    """Solve dx/dt = f(x, p) from x(0) for each start and its parameter, with exact slopes.

    Tsitouras' scheme of order 5(4) [@tsitouras2011] with adaptive steps, in float64 whatever the caller uses.

    Args:
        slope: f, `(x, p) -> dx/dt` for one state, pure and traceable.
        starts: x(0) of each trajectory.
        parameters: p of each trajectory.
        ts: increasing times from 0 on.
        tolerance: relative and absolute error of a step.

    Returns:
        `Trajectories` of NumPy arrays in float64.

    Raises:
        RuntimeError: a solution needs too many steps, as where it runs away to infinity: bound the slope.

    Example:
        >>> decay = integrate(lambda x, p: -p * x, np.ones((1, 1)), np.array([2.0]), np.linspace(0.0, 1.0, 3))
        >>> decay.states[0, :, 0].round(4)
        array([1.    , 0.3679, 0.1353])
    """
    import diffrax

    with jax.enable_x64(True):
        term = diffrax.ODETerm(lambda t, x, p: slope(x, p))  # pyright: ignore[reportArgumentType]
        times = jnp.asarray(ts, jnp.float64)
        controller = diffrax.PIDController(rtol=tolerance, atol=tolerance)

        def solve(x0: Array, p: Array, times: Array) -> tuple[Array, Array]:
            xs = diffrax.diffeqsolve(
                term,
                diffrax.Tsit5(),
                jnp.zeros(()),
                times[-1],
                None,
                x0,
                args=p,
                saveat=diffrax.SaveAt(ts=times),
                stepsize_controller=controller,
                max_steps=1_000_000,
            ).ys
            assert xs is not None
            return xs, jax.vmap(lambda x: slope(x, p))(xs)

        both = jax.jit(jax.vmap(solve, in_axes=(0, 0, None)))
        states, slopes = both(jnp.asarray(starts, jnp.float64), jnp.asarray(parameters, jnp.float64), times)
        return Trajectories(np.asarray(times), np.asarray(states), np.asarray(slopes), np.asarray(parameters, float))
