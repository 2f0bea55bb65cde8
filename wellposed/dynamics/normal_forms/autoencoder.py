"""The autoencoder that brings a system to a normal form."""

import dataclasses
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float

from wellposed.dynamics.adaptive import Adaptive
from wellposed.dynamics.flow import Flow
from wellposed.dynamics.reduction.model import AbstractReducedModel
from wellposed.nn import Perceptron

from .form import NormalForm
from .monotone import ParameterMap, zero_of

Scalar = Float[Array, ""]


class Units(eqx.Module):
    """In what units the networks see the data; no gradient reaches them.

    Attributes:
        centre: of the states, in their own units.
        size: root mean square of the states about it.
        slope: root mean square of the slopes, in units of `size` over time.
        middle: of the sampled range of the parameter.
        half: half the width of that range.
        bound: |z| beyond which a latent state is held, since it may run away in finite time.
    """

    centre: Float[Array, " n"]
    size: Scalar
    slope: Scalar
    middle: Scalar
    half: Scalar
    bound: Scalar


class Coder(eqx.Module):
    """`v -> W (v - c) + d + g(v - c)`: an affine map and what a perceptron g adds to it.

    With a `drift` the perceptron sees the parameter too, as one more input: `at` a parameter it is a perceptron of v
    alone, the biases of whose first layer are moved by the parameter times the drift.
    """

    weight: Float[Array, "outputs inputs"]
    c: Float[Array, " inputs"]
    d: Float[Array, " outputs"]
    network: Perceptron
    drift: Float[Array, " hidden"] | None = None

    def at(self, alpha: Scalar) -> "Coder":
        """The coder for one parameter in the networks' units."""
        if self.drift is None:
            return self
        bias = self.network.layers[0].bias
        assert bias is not None
        moved = bias + alpha * self.drift
        fixed = eqx.tree_at(lambda coder: coder.network.layers[0].bias, self, moved)
        return eqx.tree_at(lambda coder: coder.drift, fixed, None)

    def __call__(self, v: Float[Array, " inputs"]) -> Float[Array, " outputs"]:
        """One sample."""
        return self.weight @ (v - self.c) + self.d + self.network(v - self.c)


class NormalFormAutoencoder(AbstractReducedModel):
    """Coordinates in which a system follows the normal form of its bifurcation [@kalia2021].

        z = phi(x),   x = psi(z),   beta = beta(p),   dz/dt = f(z, beta) / tau(p)^2

    The zero of beta is where the system bifurcates. The published tau is one number; here log tau^2 is a polynomial
    of p, whose degree may be 0: the frequency of an oscillation that grows from a Hopf point changes with p, which a
    constant tau cannot follow for many periods.

    Coordinates that depend on the parameter too, x = psi(z, p), are an option: a state that goes with the oscillation,
    such as the mean of a flow, may follow it in a way that changes with p. `at` a parameter they are maps of x and z.

    It is built and trained by `fit_normal_form`.

    Attributes:
        form: f.
        encoder: phi, in the units of `units`.
        decoder: psi.
        parameter_map: beta, of the parameter brought from its sampled range to [-1, 1].
        log_time: coefficients of log tau^2 in powers of that parameter, constant first.
        units: of states and parameters.

    When it fails: outside the sampled ranges of states and parameters nothing is promised. States that z cannot tell
    apart are decoded to one and the same.
    """

    form: NormalForm
    encoder: Coder
    decoder: Coder
    parameter_map: ParameterMap
    log_time: Float[Array, " coefficients"]
    units: Units

    def at(self, parameter: ArrayLike) -> "NormalFormAutoencoder":
        """The autoencoder with its coordinates for one raw parameter."""
        alpha = self.alpha(jnp.asarray(parameter))
        coders = lambda model: (model.encoder, model.decoder)
        return eqx.tree_at(coders, self, (self.encoder.at(alpha), self.decoder.at(alpha)))

    def encode(self, x: Float[Array, " n"]) -> Float[Array, " d"]:
        """z of a state, in the state's own units."""
        units = jax.lax.stop_gradient(self.units)
        return self.encoder((x - units.centre) / units.size)

    def decode(self, z: Float[Array, " d"]) -> Float[Array, " n"]:
        """The state that z stands for."""
        units = jax.lax.stop_gradient(self.units)
        return units.centre + units.size * self.decoder(z)

    def alpha(self, parameter: Scalar) -> Scalar:
        """A raw parameter in the networks' units: -1 and 1 are the ends of the sampled range."""
        units = jax.lax.stop_gradient(self.units)
        return (parameter - units.middle) / units.half

    def beta(self, parameter: Scalar) -> Scalar:
        """The normal form's parameter for a raw parameter."""
        return self.parameter_map(self.alpha(parameter))

    def parameter(self, beta: Scalar) -> Scalar:
        """The raw parameter for one of the normal form."""
        return self.units.middle + self.units.half * self.parameter_map.inverse(beta)

    def rate(self, alpha: Scalar) -> Scalar:
        """1 / tau^2 for a parameter in the networks' units."""
        return jnp.exp(-jnp.polyval(self.log_time[::-1], alpha))

    def slope(self, z: Float[Array, " d"], alpha: Scalar) -> Float[Array, " d"]:
        """dz/dt for a parameter in the networks' units; zero beyond the bound."""
        inside = jnp.all(jnp.abs(z) < self.units.bound)
        bounded = jnp.clip(z, -self.units.bound, self.units.bound)
        return jnp.where(inside, self.rate(alpha) * self.form(bounded, self.parameter_map(alpha)), 0.0)

    def bifurcation(self) -> Scalar:
        """The raw parameter where beta is zero; NaN where the map has no zero, or several."""
        return self.units.middle + self.units.half * zero_of(self.parameter_map)

    def latent_trajectory(
        self, z0: Float[Array, " d"], parameter: ArrayLike, ts: Float[Array, " times"]
    ) -> Float[Array, "times d"]:
        """z at the times ts, from z0 at the first of them, by the normal form alone."""
        alpha = self.alpha(jnp.asarray(parameter))
        known = self.form.solution(z0, self.parameter_map(alpha), self.rate(alpha) * (ts - ts[0]))
        if known is not None:
            return known
        field: Callable[..., Array] = lambda t, z, alpha: self.slope(z, alpha)
        flow = Flow(field, Adaptive(rtol=1e-5, atol=1e-6, max_steps=100_000), ts[0], ts[-1])
        return flow.trajectory(z0, ts, alpha)

    def predict(
        self, x0: Float[ArrayLike, " n"], parameter: Float[ArrayLike, "..."] | None, ts: Float[ArrayLike, " times"]
    ) -> Float[Array, "times n"]:
        """The states at the times ts: x0, the state at the first of them, is encoded, followed and decoded.

        Args:
            x0: one state, in its own units.
            parameter: the raw parameter.
            ts: increasing times.

        Raises:
            ValueError: without a parameter.
        """
        if parameter is None:
            raise ValueError("NormalFormAutoencoder expects a parameter, on which the normal form depends, got None.")
        here, x0, ts = self.at(parameter), jnp.asarray(x0), jnp.asarray(ts)
        return jax.vmap(here.decode)(here.latent_trajectory(here.encode(x0), parameter, ts))

    def equations(self) -> tuple[str, ...]:
        """The learned model, a line each: the normal form with its time scale, and where it bifurcates.

        `alpha` stands for the parameter, brought from its sampled range to [-1, 1].
        """
        names = ["z"] if self.form.dimension == 1 else [f"z{i + 1}" for i in range(self.form.dimension)]
        lines = [f"d{z}/dt = ({term}) / tau^2" for z, term in zip(names, self.form.terms, strict=True)]
        numbers = {f.name: getattr(self.form, f.name) for f in dataclasses.fields(self.form)}
        lines += [f"{name} = {_series(of, 'beta')}" for name, of in numbers.items()]
        lines.append(f"log tau^2 = {_series(self.log_time, 'alpha')}")
        lines.append(
            f"alpha = (p - {float(self.units.middle):.6g}) / {float(self.units.half):.6g}".replace("- -", "+ ")
        )
        lines.append(f"beta(p) = 0 at p = {float(self.bifurcation()):.6g}")
        return tuple(lines)


def _series(coefficients: Float[Array, "..."], of: str) -> str:
    power = lambda k: "" if k == 0 else f" {of}" if k == 1 else f" {of}^{k}"
    return " + ".join(f"{float(c):.4g}{power(k)}" for k, c in enumerate(coefficients.ravel())).replace("+ -", "- ")
