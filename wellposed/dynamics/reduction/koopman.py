"""A Koopman autoencoder whose frequencies depend on the amplitude."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, ArrayLike, Float, Key

from wellposed.nn import Perceptron
from wellposed.simulate import Trajectories
from wellposed.train import FitResult, Minibatches, fit

from .model import AbstractReducedModel
from .one_system import one_system
from .snapshots import even_step

Terms = dict[str, Float[Array, ""]]


class KoopmanAutoencoder(AbstractReducedModel):
    """Coordinates y = phi(x), x = psi(y) that turn: y <- exp(mu h) R(omega h) y over a step h [@lusch2018].

    Coordinates come in pairs; the frequency omega and the growth mu of a pair are an auxiliary network's answer to
    its squared radius, so that one pair holds a continuous spectrum. As a map it is the step from x(t) to x(t + h).

    Attributes:
        encoder: phi.
        decoder: psi.
        spectra: for each pair, its squared radius -> (omega, mu), per unit of time.
        step: h, in units of time.

    Shapes:
        `(state,) -> (state,)`; y is `(2 * pairs,)`.

    Example:
        >>> model = KoopmanAutoencoder.random(2, 1, (8,), (8,), 0.02, jax.random.key(0))
        >>> model.predict(jnp.ones(2), None, jnp.arange(3) * 0.02).shape
        (3, 2)

    When it fails: where trajectories differ in kind (inside and outside a separatrix), no one pair turns for both.
    """

    encoder: Perceptron
    decoder: Perceptron
    spectra: tuple[Perceptron, ...]
    step: float = eqx.field(static=True)

    @classmethod
    def random(
        cls,
        state: int,
        pairs: int,
        widths: Sequence[int],
        auxiliary: Sequence[int],
        step: float,
        key: Key[Array, ""],
        activation: Callable[[Array], Array] = jax.nn.relu,
    ) -> "KoopmanAutoencoder":
        """Before training: uniform weights of size 1 / sqrt(inputs).

        Args:
            state: dimension of x.
            pairs: of coordinates.
            widths: of the encoder's hidden layers; the decoder's are these backwards.
            auxiliary: widths of the auxiliary networks' hidden layers.
            step: h.
            key: of the weights.
            activation: between the layers.
        """
        first, second, *others = jax.random.split(key, 2 + pairs)
        return cls(
            Perceptron((state, *widths, 2 * pairs), activation, key=first),
            Perceptron((2 * pairs, *reversed(widths), state), activation, key=second),
            tuple(Perceptron((1, *auxiliary, 2), activation, key=k) for k in others),
            step,
        )

    @classmethod
    def fit(
        cls,
        trajectories: Trajectories,
        pairs: int,
        widths: Sequence[int],
        auxiliary: Sequence[int],
        optimiser: optax.GradientTransformation,
        loss: "KoopmanLoss | None" = None,
        *,
        activation: Callable[[Array], Array] = jax.nn.relu,
        batch: int,
        steps: int,
        key: Key[Array, ""],
        **options: Any,
    ) -> FitResult["KoopmanAutoencoder"]:
        """Train on trajectories, whose times are a step apart.

        Args:
            trajectories: of one system.
            pairs: of coordinates.
            widths: of the encoder's hidden layers.
            auxiliary: widths of the auxiliary networks' hidden layers.
            optimiser: from optax.
            loss: by default the published weights.
            activation: between the layers.
            batch: trajectories in a step.
            steps: of training.
            key: of the weights and of the batches.
            options: `folder`, `resume`, `progress` and what else `train.fit` takes.

        Returns:
            Its `model` predicts.

        Raises:
            ValueError: if the times are not evenly spaced or no more than the predicted steps, parameters differ, or
                some states do not count.
        """
        one_system(trajectories, cls.__name__)
        weights, order, noise = jax.random.split(key, 3)
        loss, samples = KoopmanLoss() if loss is None else loss, jnp.asarray(trajectories.states)
        if samples.shape[1] <= loss.predicted:
            raise ValueError(
                f"KoopmanAutoencoder expects trajectories longer than the {loss.predicted} predicted steps, got "
                f"{samples.shape[1]} states: predict fewer, KoopmanLoss(predicted=...)."
            )
        step = even_step(trajectories, cls.__name__)
        model = cls.random(samples.shape[2], pairs, widths, auxiliary, step, weights, activation)
        batches = Alone(Minibatches(samples, batch, key=order))
        return fit(model, loss, batches, optimiser, steps=steps, key=noise, **options)

    def __call__(self, x: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state one step later."""
        return self.decoder(self.advance(self.encoder(x)))

    def spectrum(self, y: Float[Array, " latent"]) -> Float[Array, "pairs 2"]:
        """(omega, mu) of each pair."""
        radii = jnp.sum(y.reshape(-1, 2) ** 2, axis=1)
        return jnp.stack([net(r2[None]) for net, r2 in zip(self.spectra, radii, strict=True)])

    def advance(self, y: Float[Array, " latent"], time: Float[ArrayLike, ""] | None = None) -> Float[Array, " latent"]:
        """y after a step, or after another time during which omega and mu stay what they are."""
        h = self.step if time is None else time
        omega, mu = self.spectrum(y).T
        c, s, growth = jnp.cos(omega * h), jnp.sin(omega * h), jnp.exp(mu * h)
        u, v = y.reshape(-1, 2).T
        return jnp.stack([growth * (c * u - s * v), growth * (s * u + c * v)], axis=1).ravel()

    def latent_trajectory(self, y0: Float[Array, " latent"], steps: int) -> Float[Array, "times latent"]:
        """y0 and the coordinates after each of so many steps."""

        def onward(y: Array, _: None) -> tuple[Array, Array]:
            after = self.advance(y)
            return after, after

        return jnp.concatenate([y0[None], jax.lax.scan(onward, y0, None, length=steps)[1]])

    def predict(
        self, x0: Float[ArrayLike, " state"], parameter: Float[ArrayLike, "..."] | None, ts: Float[ArrayLike, " times"]
    ) -> Float[Array, "times state"]:
        """The states at `ts`; omega and mu are looked up at each of the times and held until the next."""
        if parameter is not None:
            raise ValueError("KoopmanAutoencoder expects no parameter: it is fitted to one system; give None.")

        def onward(y: Array, time: Array) -> tuple[Array, Array]:
            after = self.advance(y, time)
            return after, after

        y0 = self.encoder(jnp.asarray(x0))
        path = jax.lax.scan(onward, y0, jnp.diff(jnp.asarray(ts)))[1]
        return jax.vmap(self.decoder)(jnp.concatenate([y0[None], path]))

    def equations(self) -> tuple[str, ...]:
        """A line for each pair, as a complex coordinate; omega and mu are networks."""
        return tuple(
            f"dy{j}/dt = (mu{j}(|y{j}|^2) + i omega{j}(|y{j}|^2)) y{j}" for j in range(1, len(self.spectra) + 1)
        )


class Alone(eqx.Module):
    """Batches of trajectories, without targets."""

    samples: Minibatches

    def __call__(self, key: Key[Array, ""], step: Array) -> Float[Array, "batch times state"]:
        """Batch number `step`."""
        return self.samples(key, step)


class KoopmanLoss(eqx.Module):
    """The loss of [@lusch2018] on trajectories x_0, ..., x_T with y_k = phi(x_k) and K the step of y.

        reconstruction   mean (x_0 - psi(y_0))^2
        prediction       mean over k = 1, ..., `predicted` of (x_k - psi(K^k y_0))^2
        linearity        mean over k = 1, ..., T of (y_k - K^k y_0)^2
        largest          max |x_0 - psi(y_0)| + max |x_1 - psi(K y_0)| over the batch
        weights          half the sum of the squares of all weights

    Args:
        state: weight of reconstruction and of prediction; linearity has weight 1.
        largest: weight of the term.
        weights: weight of the term.
        predicted: how many steps.
    """

    state: float = 1e-3
    largest: float = 1e-9
    weights: float = 1e-14
    predicted: int = eqx.field(static=True, default=30)

    def __call__(
        self, model: KoopmanAutoencoder, batch: Float[Array, "batch times state"], key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], Terms]:
        """The loss and its terms; `unregularised` leaves `weights` out, as the published figures do."""
        del key
        y = jax.vmap(jax.vmap(model.encoder))(batch)  # (batch, times, latent)
        path = jax.vmap(lambda y0: model.latent_trajectory(y0, batch.shape[1] - 1))(y[:, 0])
        again = jax.vmap(jax.vmap(model.decoder))(path[:, : self.predicted + 1])
        off = again - batch[:, : self.predicted + 1]
        matrices = [leaf for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array)) if leaf.ndim == 2]
        terms = {
            "reconstruction": jnp.mean(off[:, 0] ** 2),
            "prediction": jnp.mean(off[:, 1:] ** 2),
            "linearity": jnp.mean((y[:, 1:] - path[:, 1:]) ** 2),
            "largest": jnp.max(jnp.abs(off[:, 0])) + jnp.max(jnp.abs(off[:, 1])),
        }
        plain = (
            self.state * (terms["reconstruction"] + terms["prediction"])
            + terms["linearity"]
            + self.largest * terms["largest"]
        )
        size = jnp.stack([jnp.sum(W**2) for W in matrices]).sum() / 2
        return plain + self.weights * size, terms | {"unregularised": plain}
