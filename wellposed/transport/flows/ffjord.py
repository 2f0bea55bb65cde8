"""FFJORD, with the two penalties of RNODE."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .continuous import AbstractContinuousFlow, Rates
from .velocity import Velocity

TRACES = ("exact", "hutchinson")


class FFJORD(AbstractContinuousFlow):
    """A continuous flow of a free velocity, whose divergence may be probed [@grathwohl2019].

    tr dv/dx = E e' (dv/dx) e for random signs e: one probe a point and training step. RNODE [@finlay2020] adds
    kinetic int |v|^2 dt + jacobian int |dv/dx|_F^2 dt, the latter from the same probe, |e' dv/dx|^2.

    Args:
        net: v.
        steps: of RK4.
        trace: `hutchinson` probes the divergence in training; `log_prob` is exact always.
        kinetic: weight of the first penalty; 0 in FFJORD.
        jacobian: weight of the second.

    Example:
        >>> flow = FFJORD.random(2, 16, jax.random.key(0), steps=8)
        >>> flow.log_prob(jnp.zeros(2)).shape
        ()

    When it fails: the exact divergence costs d directional derivatives.
    """

    net: Velocity
    steps: int = eqx.field(static=True)
    trace: str = eqx.field(static=True, default="hutchinson")
    kinetic: float = eqx.field(static=True, default=0.0)
    jacobian: float = eqx.field(static=True, default=0.0)

    def __check_init__(self):
        if self.trace not in TRACES:
            raise ValueError(f"FFJORD expects a trace of {list(TRACES)}, got {self.trace!r}.")

    @classmethod
    def random(
        cls,
        d: int,
        width: int,
        key: Key[Array, ""],
        steps: int = 8,
        trace: str = "hutchinson",
        kinetic: float = 0.0,
        jacobian: float = 0.0,
    ) -> "FFJORD":
        """With three hidden layers of one width."""
        net = Velocity.random(d, width, key)
        return cls(net=net, steps=steps, trace=trace, kinetic=kinetic, jacobian=jacobian)

    @property
    def dimension(self) -> int:
        """d."""
        return self.net.dimension

    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """v(t, x)."""
        return self.net(t, x)

    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """The divergence by the probe, where there is one and it is asked for."""
        if probe is None or self.trace == "exact":
            v, (divergence, size) = exact_divergence(self.net, t, x)
        else:
            v, pull = jax.vjp(lambda x: self.net(t, x), x)
            (row,) = pull(probe)
            divergence, size = row @ probe, row @ row
        penalties = {"kinetic": self.kinetic * (v @ v), "jacobian": self.jacobian * size}
        return Rates(v, divergence, {n: p for n, p in penalties.items() if getattr(self, n)})


def exact_divergence(
    net: Velocity, t: Float[Array, ""], x: Float[Array, " d"]
) -> tuple[Float[Array, " d"], tuple[Float[Array, ""], Float[Array, ""]]]:
    """v, and tr dv/dx with |dv/dx|_F^2, by d directional derivatives."""
    v, push = jax.linearize(lambda x: net(t, x), x)
    columns = jax.vmap(push)(jnp.eye(len(x), dtype=x.dtype))
    return v, (jnp.trace(columns), jnp.sum(columns**2))
