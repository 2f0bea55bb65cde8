"""Continuous normalizing flows: a velocity, its divergence and penalties, integrated along the path of a point."""

import abc
import dataclasses
from typing import Any, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.dynamics import RK4, Flow

from .flow import AbstractNormalizingFlow, Path, log_normal

_Flow = TypeVar("_Flow", bound="AbstractContinuousFlow")


class Rates(NamedTuple):
    """What grows along the path of a point.

    Attributes:
        velocity: v = dx/dt.
        divergence: tr dv/dx, exact or by a probe.
        penalties: by name, at least 0, already weighted.
    """

    velocity: Float[Array, " d"]
    divergence: Float[Array, ""]
    penalties: dict[str, Float[Array, ""]]


class AbstractContinuousFlow(AbstractNormalizingFlow):
    """The flow of dx/dt = v(t, x) from data at t = 0 to the base at t = 1 [@chen2018].

    d log|det|/dt = tr dv/dx, integrated beside x by `steps` steps of RK4, as are the cost |v|^2 and the penalties:
    first discretised, then optimised. A method is its `rates`.
    """

    steps: eqx.AbstractVar[int]

    @abc.abstractmethod
    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """v(t, x)."""

    @abc.abstractmethod
    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """Velocity, divergence and penalties at a point; the divergence is exact where there is no probe."""

    def path(self, x: Float[Array, " d"]) -> Path:
        """f(x), log |det df/dx| with the exact divergence, and int |v|^2 dt."""
        end = self._walk(x, None)
        return Path(end["x"], end["log_det"], end["cost"])

    def inverse(self, z: Float[Array, " d"]) -> Float[Array, " d"]:
        """f^-1(z): the steps taken back."""
        return self._positions().inverse(z)

    def trajectory(self, x: Float[Array, " d"]) -> Float[Array, "times d"]:
        """Where a point of the data is at t = 0 and after each step."""
        return self._positions().trajectory(x)

    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """The negative log-likelihood and the penalties; batch: points of the data, (n, d)."""
        probes = jax.random.rademacher(key, batch.shape, batch.dtype)
        ends = jax.vmap(self._walk)(batch, probes)
        nll = -jnp.mean(jax.vmap(log_normal)(ends["x"]) + ends["log_det"])
        return {"nll": nll} | {name: jnp.mean(values) for name, values in ends["penalties"].items()}

    def _walk(self, x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> dict[str, Any]:
        zero = jnp.zeros((), x.dtype)
        names = jax.eval_shape(lambda x: self.rates(zero, x, probe).penalties, x)
        start = {"x": x, "log_det": zero, "cost": zero, "penalties": dict.fromkeys(names, zero)}
        return Flow(_Growth(self), RK4(), steps=self.steps)(start, probe)

    def _positions(self) -> Flow:
        return Flow(_Velocity(self), RK4(), steps=self.steps)


class _Growth(eqx.Module):
    """The field of the position and of all that is integrated beside it."""

    flow: AbstractContinuousFlow

    def __call__(self, t: Array, state: dict[str, Any], probe: Array | None) -> dict[str, Any]:
        v, divergence, penalties = self.flow.rates(t, state["x"], probe)
        return {"x": v, "log_det": divergence, "cost": v @ v, "penalties": penalties}


class _Velocity(eqx.Module):
    """The field of the position alone."""

    flow: AbstractContinuousFlow

    def __call__(self, t: Array, x: Array, args: None) -> Array:
        return self.flow.velocity(t, x)


def with_steps(flow: _Flow, steps: int) -> _Flow:
    """The same flow with finer or coarser steps: training may be coarse where evaluation is not [@onken2021].

    Example:
        >>> from wellposed.transport import OTFlow
        >>> with_steps(OTFlow.random(2, 8, jax.random.key(0), steps=8), 24).steps
        24
    """
    return dataclasses.replace(flow, steps=steps)
