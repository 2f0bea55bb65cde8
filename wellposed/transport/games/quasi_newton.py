"""Games by a quasi-Newton method, on samples that are drawn anew from time to time."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.train import Progress

from ..potential import Potential
from .lagrangian import Crowd, LagrangianLoss, crowd


def quasi_newton(
    phi: Potential,
    loss: LagrangianLoss,
    key: Key[Array, ""],
    *,
    rounds: int = 20,
    iterations: int = 25,
    size: int = 1024,
    progress: Progress | None = None,
) -> tuple[Potential, Float[Array, " rounds"]]:
    """Minimise a `LagrangianLoss` by BFGS of optimistix, each round on a crowd of its own [@ruthotto2020mfg].

    A fixed crowd makes the loss a plain function, whose curvature BFGS learns; a new one in each round keeps agents
    from being learned by heart. The published schedule draws anew after 25 iterations. BFGS holds a square matrix as
    wide as the parameters are many: for some thousand of them.

    Args:
        phi: the potential where it begins.
        loss: what is minimised.
        key: of the crowds.
        rounds: how many crowds.
        iterations: of BFGS on each; it stops sooner where nothing is left to gain.
        size: agents in a crowd.
        progress: where progress is shown; by default bars on the standard error, if that is a terminal.

    Returns:
        The potential, and the loss at the end of each round, on that round's crowd.

    Raises:
        FloatingPointError: the loss is NaN or infinite after a round.

    Example:
        >>> from wellposed.transport import KL, Gaussian, MeanFieldGame
        >>> here, there = (Gaussian.isotropic(jnp.array([x, 0.0]), 0.5) for x in (0.0, 1.0))
        >>> loss = LagrangianLoss(MeanFieldGame(here, (KL(2.0, there),)), steps=2)
        >>> start = Potential.random(2, 4, jax.random.key(0))
        >>> phi, losses = quasi_newton(start, loss, jax.random.key(1), rounds=2, size=64)
        >>> bool(losses[1] < losses[0])
        True

    See also:
        `fit`, which takes any optimiser of optax, and resumes.
    """
    losses = []
    with (progress or Progress()).task("BFGS", total=rounds) as show:
        for k in range(rounds):
            phi, value = _round(phi, loss, jax.random.fold_in(key, k), iterations, size)
            if not jnp.isfinite(value):
                raise FloatingPointError(f"quasi_newton: the loss is {float(value)} after round {k + 1}: begin nearer.")
            losses.append(value)
            show(1, loss=float(value))
    return phi, jnp.stack(losses)


@eqx.filter_jit
def _round(
    phi: Potential, loss: LagrangianLoss, key: Key[Array, ""], iterations: int, size: int
) -> tuple[Potential, Float[Array, ""]]:
    import optimistix

    agents = crowd(loss.game, key, size)

    def objective(phi: Potential, agents: Crowd) -> Array:
        return loss(phi, agents, key)[0]

    solver = optimistix.BFGS(rtol=1e-5, atol=1e-5)
    found = optimistix.minimise(objective, solver, phi, args=agents, max_steps=iterations, throw=False)
    return found.value, objective(found.value, agents)
