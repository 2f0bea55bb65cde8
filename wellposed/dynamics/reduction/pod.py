"""Proper orthogonal decomposition, and the Galerkin model on its modes."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float

from wellposed.dynamics.problem import Field
from wellposed.simulate import Trajectories

from .model import AbstractReducedModel
from .rollout import ACCURATE, Solver, rollout
from .snapshots import snapshots


class POD(eqx.Module):
    """Proper orthogonal decomposition [@sirovich1987]: x = mean + U a, the best affine space of its dimension.

    The snapshots' deviations from their mean are U S V'; no orthonormal set of `rank` modes leaves less than
    sum_{i > rank} s_i^2 of their squared norm [@eckart1936]. As a map a POD is the projection on that space.

    Attributes:
        mean: of the snapshots, in the units of the state.
        modes: U, orthonormal.
        singular_values: of all modes, those that were cut too, in the units of the state.

    Shapes:
        `mean (state,)`, `modes (state, rank)`; `(state,) -> (state,)`.

    Example:
        >>> from wellposed.simulate import Trajectories
        >>> ts = jnp.linspace(0.0, 6.0, 50)
        >>> wave = jnp.sin(jnp.linspace(0.0, 6.28, 64)[None] - ts[:, None])  # travels: two modes
        >>> pod = POD.fit(Trajectories(ts, wave[None]), rank=2)
        >>> bool(jnp.abs(pod(wave[7]) - wave[7]).max() < 1e-5)
        True

    When it fails: what travels needs many modes; a mode with little energy may matter for the dynamics.
    """

    mean: Float[Array, " state"]
    modes: Float[Array, "state rank"]
    singular_values: Float[Array, " all"]

    @classmethod
    def fit(cls, trajectories: Trajectories, rank: int) -> "POD":
        """The first `rank` modes of the snapshots of all trajectories.

        Raises:
            ValueError: if there are not so many modes.
        """
        x = snapshots(trajectories)
        if not 1 <= rank <= min(x.shape):
            raise ValueError(f"POD expects a rank from 1 to {min(x.shape)}, got {rank}: give more snapshots.")
        mean = x.mean(0)
        _, s, Vt = jnp.linalg.svd(x - mean[None], full_matrices=False)
        return cls(mean, Vt[:rank].T, s)

    @property
    def energy(self) -> Float[Array, " rank"]:
        """The share of the snapshots' squared deviation that the first 1, 2, ... modes hold."""
        power = self.singular_values**2
        return (jnp.cumsum(power) / power.sum())[: self.modes.shape[1]]

    def encode(self, x: Float[Array, " state"]) -> Float[Array, " rank"]:
        """The coefficients a = U'(x - mean)."""
        return self.modes.T @ (x - self.mean)

    def decode(self, a: Float[Array, " rank"]) -> Float[Array, " state"]:
        """The state mean + U a."""
        return self.mean + self.modes @ a

    def __call__(self, x: Float[Array, " state"]) -> Float[Array, " state"]:
        """The projection of a state."""
        return self.decode(self.encode(x))


class Galerkin(AbstractReducedModel):
    """A known field on POD modes [@sirovich1987]: da/dt = U' f(t, mean + U a, parameter).

    Args:
        pod: the modes.
        field: f, `(t, x, parameter) -> dx/dt`.
        solver: of the reduced equations.

    Example:
        >>> from wellposed.simulate import Trajectories
        >>> decay = lambda t, x, parameter: -parameter * x
        >>> pod = POD(jnp.zeros(3), jnp.eye(3)[:, :1], jnp.ones(3))
        >>> model = Galerkin(pod, decay)
        >>> x = model.predict(jnp.array([1.0, 0.0, 0.0]), jnp.array(2.0), jnp.array([0.0, 0.5]))
        >>> bool(abs(x[1, 0] - jnp.exp(-1.0)) < 1e-4)
        True

    When it fails: a stable field may be unstable on its modes, since the modes that were cut dissipate.
    """

    pod: POD
    field: Field
    solver: Solver = ACCURATE

    def __call__(self, t: Array, a: Float[Array, " rank"], parameter: Array | None) -> Float[Array, " rank"]:
        """The reduced field."""
        return self.pod.modes.T @ self.field(t, self.pod.decode(a), parameter)

    def predict(
        self, x0: Float[ArrayLike, " state"], parameter: Float[ArrayLike, "..."] | None, ts: Float[ArrayLike, " times"]
    ) -> Float[Array, "times state"]:
        """The states at `ts`, in the space of the modes."""
        a = rollout(self, self.solver, self.pod.encode(jnp.asarray(x0)), ts, parameter)
        return self.pod.mean[None] + a @ self.pod.modes.T

    def equations(self) -> tuple[str, ...]:
        """None: the field is known, not learned."""
        return ()
