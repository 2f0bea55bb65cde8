"""What a normal-form autoencoder is trained for."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .autoencoder import NormalFormAutoencoder
from .windows import Windows

Terms = dict[str, Array]


class NormalFormLoss(eqx.Module):
    """The six terms of [@kalia2021], each relative to the size of what it compares, and a seventh.

        reconstruction   mean (x - psi(phi(x)))^2
        state_slopes     mean (dx/dt - D psi(z) f(z, beta) / tau^2)^2
        latent_slopes    mean (D phi(x) dx/dt - f(z, beta) / tau^2)^2
        parameter        mean (alpha - alpha(beta(alpha)))^2
        orientation      what the choice of `orientation` says
        zero             mean of z over a batch, squared
        rollout          mean (x(t) - psi(z(t)))^2, z(t) by the normal form from z(0) = phi(x(0))

    Derivatives through the coders are `jax.jvp`. The seventh term is not in the paper: slopes say little about the
    phase of an oscillation after many periods, and a trajectory says it all.

    Args:
        reconstruction: weight of the term, as all that follow.
        state_slopes: see above.
        latent_slopes: see above.
        parameter: see above; zero by construction for a `MonotoneMap`, whose inverse is exact.
        orientation_weight: see above; for a `MonotoneMap` there is nothing to punish.
        zero: see above.
        rollout: see above.
        orientation: `sign` compares the signs of beta and alpha - `origin`, as published, and has no gradient;
            `penalty` punishes d beta / d alpha < 0; `monotone` is 0.
        origin: of the sign.
        substeps: Runge-Kutta steps between two times of a piece; `fit_normal_form` sees to it.
        floor: a piece of trajectory whose states have the mean square m, relative to that of all data, counts by
            (1 + floor) / (m + floor). A small floor makes small states count: those near a Hopf point decide where it
            lies. None: all pieces count alike.
    """

    reconstruction: float = 1.0
    state_slopes: float = 1.0
    latent_slopes: float = 1.0
    parameter: float = 1.0
    orientation_weight: float = 1.0
    zero: float = 0.0
    rollout: float = 1.0
    orientation: str = eqx.field(static=True, default="monotone")
    origin: float = 0.0
    substeps: int = eqx.field(static=True, default=1)
    floor: float | None = eqx.field(static=True, default=None)

    def __call__(self, models: NormalFormAutoencoder, batch: Windows, key: Key[Array, ""]) -> tuple[Array, Terms]:
        """The sum over seeds, which do not see each other, and the mean of each term; `worst` is the largest loss."""
        del key
        losses, terms = eqx.filter_vmap(self.one)(models, batch)
        return jnp.sum(losses), {**{name: jnp.mean(term) for name, term in terms.items()}, "worst": jnp.max(losses)}

    def one(self, model: NormalFormAutoencoder, batch: Windows) -> tuple[Array, Terms]:
        """The loss of one seed and its terms."""
        counts = self._counts(batch)
        terms = {**pointwise(model, batch, counts), **self._parameter_terms(model)}
        if self.rollout > 0:
            terms["rollout"] = rollout(model, batch, counts, self.substeps)
        weights = {name: getattr(self, name) for name in terms if name != "orientation"}
        weights["orientation"] = self.orientation_weight
        return sum((weights[name] * term for name, term in terms.items()), jnp.zeros(())), terms

    def _counts(self, batch: Windows) -> Float[Array, "batch times"]:
        """How much each sample counts."""
        counts = batch.inside.astype(batch.states.dtype)
        if self.floor is None:
            return counts
        power = jax.vmap(weighted_mean)(jnp.mean(batch.states**2, axis=-1), counts)
        return counts * ((1 + self.floor) / (power + self.floor))[:, None]

    def _parameter_terms(self, model: NormalFormAutoencoder) -> Terms:
        alphas = jnp.linspace(-1.0, 1.0, 33)
        betas = jax.vmap(model.parameter_map)(alphas)
        if self.orientation == "monotone":
            return {}
        back = jnp.mean((alphas - jax.vmap(model.parameter_map.inverse)(betas)) ** 2)
        if self.orientation == "sign":
            against = jnp.mean((jnp.sign(betas) - jnp.sign(alphas - self.origin)) ** 2)
        else:
            against = jnp.mean(jax.nn.relu(-jnp.diff(betas) / jnp.std(betas)))
        return {"parameter": back, "orientation": against}


def pointwise(model: NormalFormAutoencoder, batch: Windows, counts: Float[Array, "batch times"]) -> Terms:
    """The terms that compare one sample at a time; `counts` says how much each counts."""
    x, dx = (part.reshape(-1, part.shape[-1]) for part in (batch.states, batch.slopes))
    alphas = jnp.repeat(batch.alphas, batch.states.shape[1], total_repeat_length=len(x))
    flat = counts.reshape(-1)
    z, dz = jax.vmap(lambda x, dx, alpha: jax.jvp(model.encoder.at(alpha), (x,), (dx,)))(x, dx, alphas)
    flow = jax.vmap(model.slope)(z, alphas)
    back, along = jax.vmap(lambda z, dz, alpha: jax.jvp(model.decoder.at(alpha), (z,), (dz,)))(z, flow, alphas)
    samples = jnp.maximum(jnp.sum(batch.inside), 1)
    mean = lambda errors: jnp.sum(flat * jnp.mean(errors**2, axis=-1)) / samples
    size = jax.lax.stop_gradient
    return {
        "reconstruction": mean(x - back),
        "state_slopes": mean(dx - along) / size(model.units.slope) ** 2,
        "latent_slopes": mean(dz - flow) / size(jnp.mean(dz**2) + 1e-12),
        "zero": weighted_mean(jnp.mean(z, axis=-1), flat) ** 2,
    }


def rollout(model: NormalFormAutoencoder, batch: Windows, counts: Float[Array, "batch times"], substeps: int) -> Array:
    """The mean square distance of decoded latent trajectories from the states; `counts` says how much each counts."""
    z0 = jax.vmap(lambda x, alpha: model.encoder.at(alpha)(x))(batch.states[:, 0], batch.alphas)
    z = jax.vmap(lambda z0, alpha, h: latent_steps(model, z0, alpha, h, substeps))(z0, batch.alphas, batch.intervals)
    decoded = jax.vmap(lambda zs, alpha: jax.vmap(model.decoder.at(alpha))(zs))(z, batch.alphas)
    error = decoded - batch.states[:, 1:]
    samples = jnp.maximum(jnp.sum(batch.inside[:, 1:]), 1)
    return jnp.sum(counts[:, 1:] * jnp.mean(error**2, axis=-1)) / samples


def latent_steps(
    model: NormalFormAutoencoder,
    z0: Float[Array, " d"],
    alpha: Float[Array, ""],
    intervals: Float[Array, " m"],
    substeps: int,
) -> Float[Array, "m d"]:
    """z after each of the intervals: the form's own solution, or Runge-Kutta steps of order 4."""
    known = model.form.solution(z0, model.parameter_map(alpha), model.rate(alpha) * jnp.cumsum(intervals))
    if known is not None:
        return known

    def step(z: Array, h: Array) -> tuple[Array, Array]:
        for _ in range(substeps):
            z = _runge_kutta(lambda z: model.slope(z, alpha), z, h / substeps)
        return z, z

    return jax.lax.scan(step, z0, intervals)[1]


def _runge_kutta(f, z, h):
    a = f(z)
    b = f(z + h / 2 * a)
    c = f(z + h / 2 * b)
    return z + h / 6 * (a + 2 * b + 2 * c + f(z + h * c))


def weighted_mean(values: Array, weights: Array) -> Array:
    """The mean of values that count by their weights; 0 where nothing counts."""
    total = jnp.sum(weights)
    return jnp.sum(weights * values) / jnp.where(total > 0, total, 1.0)
