"""Dynamic mode decomposition, with delays."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Complex, Float

from wellposed.simulate import Trajectories

from .model import AbstractReducedModel
from .snapshots import even_step


class DMD(AbstractReducedModel):
    """Exact dynamic mode decomposition [@tu2014]: x(t) = Re sum_j b_j phi_j exp(omega_j t).

    From pairs of snapshots X, X' one step apart, X = U S V' cut at `rank`: the eigenvalues lambda and vectors w of
    A = U' X' V / S are those of the best linear map X' = A X on that space, phi = X' V S^-1 w / lambda are its exact
    modes, and omega = log(lambda) / step. With delays the snapshot is `delays` successive states, one below the
    other [@arbabi2017]: a signal of k real exponentials or k / 2 oscillations needs k of them, however few
    components it has.

    Attributes:
        modes: phi, on stacked snapshots.
        multipliers: lambda, over one step.
        step: between snapshots, in units of time.
        delays: how many states a snapshot stacks.

    Shapes:
        `modes (delays * state, rank)`, `multipliers (rank,)`.

    Example:
        >>> from wellposed.simulate import Trajectories
        >>> ts = jnp.linspace(0.0, 3.0, 31)
        >>> signal = Trajectories(ts, jnp.cos(2 * ts)[None, :, None])
        >>> dmd = DMD.fit(signal, rank=2, delays=2)
        >>> jnp.sort(dmd.frequencies.imag).round(3)
        Array([-2.,  2.], dtype=float32)

    When it fails: noise in the snapshots damps the eigenvalues; a nonlinear system far from equilibrium needs
    delays or other observables.
    """

    modes: Complex[Array, "stacked rank"]
    multipliers: Complex[Array, " rank"]
    step: float = eqx.field(static=True)
    delays: int = eqx.field(static=True)

    @classmethod
    def fit(cls, trajectories: Trajectories, rank: int, delays: int = 1) -> "DMD":
        """The map from each snapshot to the next, from all trajectories together.

        Raises:
            ValueError: if the times are not evenly spaced, or the snapshots have no `rank` independent directions.
        """
        step = even_step(trajectories, "DMD")
        X, Y = _pairs(trajectories, delays)
        if not 1 <= rank <= min(X.shape):
            raise ValueError(
                f"DMD expects a rank from 1 to {min(X.shape)}, as {X.shape[1]} pairs of {X.shape[0]} numbers allow, "
                f"got {rank}: give longer trajectories or more delays."
            )
        U, s, Vt = jnp.linalg.svd(X, full_matrices=False)
        _expect_rank(s, rank, X.shape)
        onward = Y @ (Vt[:rank].T / s[None, :rank])
        multipliers, w = jnp.linalg.eig(U[:, :rank].T @ onward)
        return cls((onward @ w) / multipliers[None], multipliers, step, delays)

    @property
    def frequencies(self) -> Complex[Array, " rank"]:
        """omega: growth rates and, as imaginary parts, angular frequencies, per unit of time."""
        return jnp.log(self.multipliers) / self.step

    def predict(
        self,
        x0: Float[ArrayLike, "*delays state"],
        parameter: Float[ArrayLike, "..."] | None,
        ts: Float[ArrayLike, " times"],
    ) -> Float[Array, "times state"]:
        """The states at `ts`.

        Args:
            x0: the state at ts[0]; with delays, that state and those before it, oldest first, of shape
                (delays, state).
            parameter: None; the linear map is that of the trajectories it was fitted to.
            ts: times, not only those of the steps.
        """
        if parameter is not None:
            raise ValueError("DMD expects no parameter, since its map is linear in the state alone: give None.")
        x0 = jnp.asarray(x0)
        if x0.size != self.modes.shape[0] or (self.delays > 1 and x0.shape[0] != self.delays):
            raise ValueError(
                f"DMD expects {self.delays} states of {self.modes.shape[0] // self.delays} numbers, got an x0 of shape "
                f"{x0.shape}."
            )
        b = jnp.linalg.lstsq(self.modes, x0.ravel().astype(self.modes.dtype))[0]
        elapsed = jnp.asarray(ts) - jnp.asarray(ts)[0]
        growth = jnp.exp(elapsed[:, None] * self.frequencies[None])  # (times, rank)
        last = self.modes[-(self.modes.shape[0] // self.delays) :]
        return ((growth * b[None]) @ last.T).real

    def equations(self) -> tuple[str, ...]:
        """A line for each mode's amplitude."""
        rates = [
            f"{w.real:.4g} {'-' if w.imag < 0 else '+'} {abs(w.imag):.4g}i" for w in map(complex, self.frequencies)
        ]
        return tuple(f"db{j}/dt = ({rate}) b{j}" for j, rate in enumerate(rates, 1))


def numerical_rank(trajectories: Trajectories, delays: int = 1) -> int:
    """How many independent directions the snapshots of trajectories have: the largest rank that `DMD.fit` takes.

    Equation: the number of singular values above eps * s_1 * max(shape), with the floating point type's eps.

    Args:
        trajectories: at equidistant times.
        delays: states in a snapshot.

    Example:
        >>> from wellposed.simulate import Trajectories
        >>> ts = jnp.linspace(0.0, 3.0, 31)
        >>> numerical_rank(Trajectories(ts, jnp.stack([jnp.cos(ts), 0 * ts, 2 * jnp.cos(ts)], axis=1)[None]))
        1
    """
    X, _ = _pairs(trajectories, delays)
    return _rank(jnp.linalg.svd(X, compute_uv=False), X.shape)


def _rank(s: Float[Array, " values"], shape: tuple[int, ...]) -> int:
    return int(jnp.sum(s > jnp.finfo(s.dtype).eps * s[0] * max(shape)))


def _expect_rank(s: Float[Array, " values"], rank: int, shape: tuple[int, ...]) -> None:
    found = _rank(s, shape)
    if rank > found:
        raise ValueError(
            f"DMD expects a rank up to that of its snapshots, which is {found} in floating point, got {rank}: their "
            "singular values beyond it are rounding errors; give that rank."
        )


def _pairs(
    trajectories: Trajectories, delays: int
) -> tuple[Float[Array, "stacked pairs"], Float[Array, "stacked pairs"]]:
    """Snapshots and their successors as columns."""
    x = np.asarray(trajectories.states)
    count = x.shape[1] - delays + 1
    if delays < 1 or count < 2:
        raise ValueError(f"DMD expects at least two snapshots of {delays} states, got {x.shape[1]} times.")
    stacked = np.concatenate([x[:, i : i + count] for i in range(delays)], axis=2)
    counts = np.ones((len(x), count - 1), bool)
    if trajectories.inside is not None:
        counts = np.asarray(trajectories.inside)[:, delays:]  # the last state of the pair: the others come before it
    return jnp.asarray(stacked[:, :-1][counts].T), jnp.asarray(stacked[:, 1:][counts].T)
