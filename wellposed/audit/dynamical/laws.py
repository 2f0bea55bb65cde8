"""What the flow of a system keeps, as laws that a learned map of it can be measured by."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Scalar

from wellposed.dynamics import flip_momenta, reversibility_error, symplecticity_error

from .problem import Predictor, Run

OnState = Callable[[Any], Any]


class Law(eqx.Module):
    """A law: a number that is 0 for a map that keeps it.

    Args:
        name: what is kept, for a reader: "energy".
        error: `(f, run) -> number` for one `Run`, relative.
        tolerance: up to which error the law counts as kept.
    """

    name: str = eqx.field(static=True)
    error: Callable[[Predictor, Run], Any]
    tolerance: float = 0.05


def composition(tolerance: float = 0.05) -> Law:
    """The law of a flow: to go on from half-way is to go all the way, f(f(x, s), t) = f(x, s + t) [@hairer2006].

    Example:
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> run = Run(jnp.ones((5, 1)), None, jnp.linspace(0, 1, 5))
        >>> float(composition().error(decay, run)) < 1e-6
        True
    """

    def error(f: Predictor, run: Run) -> Scalar:
        ts, half = run.ts, (len(run.ts) - 1) // 2
        whole = run.predicted(f)
        rest = f(whole[half], run.parameter, ts[: len(ts) - half])  # an autonomous system has no clock
        return _distance(rest, whole[half:])

    return Law("composition", error, tolerance)


def conserved(quantity: Callable[[Any], Any], name: str = "energy", tolerance: float = 0.05) -> Law:
    """A conserved quantity: max_t |E(x(t)) - E(x(0))| / |E(x(0))|.

    Args:
        quantity: E, from a state to a number.
        name: of the quantity.
        tolerance: of the law.

    Example:
        >>> grows = lambda x0, parameter, ts: jnp.outer(1 + ts, x0)
        >>> float(conserved(lambda x: x[0]).error(grows, Run(jnp.ones((3, 1)), None, jnp.linspace(0, 0.5, 3))))
        0.5
    """

    def error(f: Predictor, run: Run) -> Scalar:
        values = jax.vmap(quantity)(run.predicted(f))
        return jnp.abs(values - values[0]).max() / jnp.abs(values[0])

    return Law(name, error, tolerance)


def symplectic(tolerance: float = 0.05) -> Law:
    """Symplecticity of x(0) -> x(t) at the last time, `dynamics.symplecticity_error`; positions, then momenta."""
    return Law("symplecticity", lambda f, run: symplecticity_error(run.end(f), run.states[0]), tolerance)


def reversible(reflection: OnState = flip_momenta, tolerance: float = 0.05) -> Law:
    """Reversibility of x(0) -> x(t) at the last time, `dynamics.reversibility_error`."""
    error = lambda f, run: reversibility_error(run.end(f), run.states[0], reflection=reflection)
    return Law("reversibility", error, tolerance)


def equivariant(on_state: OnState, name: str, tolerance: float = 0.05) -> Law:
    """A symmetry of the system: |f(R x0, t) - R f(x0, t)| / |f(x0, t)| over all times [@celledoni2021].

    Args:
        on_state: R, one state -> one state.
        name: of the symmetry: "reflection".
        tolerance: of the law.

    Example:
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> run = Run(jnp.ones((5, 1)), None, jnp.linspace(0, 1, 5))
        >>> float(equivariant(jnp.negative, "reflection").error(decay, run))
        0.0
    """

    def error(f: Predictor, run: Run) -> Scalar:
        return _distance(f(on_state(run.states[0]), run.parameter, run.ts), jax.vmap(on_state)(run.predicted(f)))

    return Law(name, error, tolerance)


def conjugacy(encode: Callable[[Any], Any], latent: Predictor, tolerance: float = 0.05) -> Law:
    """Conjugacy of the true flow with a latent one: |phi(x(t)) - g(phi(x(0)), t)| / |phi(x(t))| [@kalia2021].

    Args:
        encode: phi, one state -> one latent state.
        latent: g, the latent map `(z0, parameter, ts) -> latent states`.
        tolerance: of the law.

    Example:
        >>> run = Run(2 * jnp.exp(-jnp.linspace(0, 1, 5))[:, None], None, jnp.linspace(0, 1, 5))
        >>> law = conjugacy(lambda x: x / 2, lambda z0, parameter, ts: jnp.outer(jnp.exp(-ts), z0))
        >>> bool(law.error(lambda x0, parameter, ts: x0, run) < 1e-6)
        True
    """

    def error(f: Predictor, run: Run) -> Scalar:
        del f  # the law is one of the encoder and the latent map
        known = jnp.isfinite(run.states).all(axis=1, keepdims=True)
        encoded = jax.vmap(encode)(jnp.where(known, run.states, run.states[:1]))
        found = latent(encoded[0], run.parameter, run.ts)
        return _distance(jnp.where(known, found, 0), jnp.where(known, encoded, 0))

    return Law("conjugacy", error, tolerance)


def _distance(got: Array, want: Array) -> Scalar:
    return jnp.linalg.norm(got - want) / jnp.linalg.norm(want)
