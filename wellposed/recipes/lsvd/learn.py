"""The learned methods of the slide "Learned regularization": Sigma alone, linear coders, and nonlinear ones."""

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from wellposed.inverse import LearnedSVD, LSVDLoss, Pairs
from wellposed.nn import LinearEncoder
from wellposed.operators import SVD
from wellposed.train import FitResult, Minibatches, Progress, fit, muon

from .scanner import Noise, Scanner

Model = TypeVar("Model")


class NoisyPairs(eqx.Module):
    """Batches of training pairs, with fresh noise in each step."""

    samples: Minibatches
    noise: Noise

    def __call__(self, key: Key[Array, ""], step: Array) -> Pairs:
        """Batch number `step`."""
        x, clean = self.samples(key, step)
        y = jax.vmap(self.noise)(jax.random.split(key, len(clean)), clean)
        return Pairs(x, y, clean)


class DataDriven(eqx.Module):
    """The two maps of panel (b): a diagonal Sigma over all singular values, and a full one over the first k."""

    gains: Float[Array, " all"]
    sigma: Float[Array, "k k"]
    svd: SVD
    data_mean: Float[Array, "*data"]
    signal_mean: Float[Array, "*signal"]


def data_driven_loss(model: DataDriven, batch: Pairs, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
    """|g q - p|^2 + |Sigma q_k - p_k|^2 with p = V'(x - mean), q = U'(y - mean): what U and V fixed leave to learn."""
    del key
    flat = lambda a, mean: (a - mean[None]).reshape(len(a), -1)
    p = flat(batch.x, model.signal_mean) @ model.svd.Vt.T
    q = flat(batch.y, model.data_mean) @ model.svd.U
    k = len(model.sigma)
    diagonal = jnp.sum((model.gains[None] * q - p) ** 2, axis=1).mean()
    full = jnp.sum((q[:, :k] @ model.sigma.T - p[:, :k]) ** 2, axis=1).mean()
    return diagonal + full, {"diagonal": diagonal, "full": full}


def means(scanner: Scanner, x: Array | np.ndarray) -> tuple[Float[Array, "*data"], Float[Array, "*signal"]]:
    """The mean datum and the mean picture of pictures x."""
    mean = jnp.asarray(x).mean(0)
    return scanner.operator.mv(mean), mean


@dataclass(frozen=True)
class School:
    """What all trainings of a run share.

    Attributes:
        scanner: the measurement.
        x: training pictures.
        clean: their noise-free data.
        key: of everything random.
        folder: where checkpoints are kept.
        resume: whether to continue from them.
        progress: where it is shown.
    """

    scanner: Scanner
    x: Float[Array, "n *signal"]
    clean: Float[Array, "n *data"]
    key: Key[Array, ""]
    folder: Path | None = None
    resume: bool = False
    progress: Progress | None = None

    @property
    def means(self) -> tuple[Float[Array, "*data"], Float[Array, "*signal"]]:
        """The mean datum and the mean picture."""
        return means(self.scanner, self.x)

    def first(self, n: int) -> "School":
        """The same with the first n training pictures only."""
        return School(self.scanner, self.x[:n], self.clean[:n], self.key, None, False, self.progress)

    def train(
        self,
        model: Model,
        loss: Callable[..., Any],
        optimiser: optax.GradientTransformation,
        name: str,
        steps: int,
        batch: int,
        trainable: Any = eqx.is_inexact_array,
        validate: Callable[..., Any] | None = None,
        chunk: int = 4096,
    ) -> FitResult[Model]:
        """`train.fit` on these pairs."""
        key = jax.random.fold_in(self.key, sum(name.encode()))
        samples = Minibatches((self.x, self.clean), min(batch, len(self.x)), key=key)
        return fit(
            model,
            loss,
            NoisyPairs(samples, self.scanner.noise),
            optimiser,
            steps=steps,
            key=key,
            trainable=trainable,
            validate=validate,
            every=max(steps // 10, 1),
            folder=self.folder,
            name=name,
            settings={"steps": steps, "batch": batch},
            resume=self.resume,
            progress=self.progress,
            chunk=chunk,
        )


def decaying(rate: float, steps: int) -> optax.Schedule:
    """A short rise, then a cosine down to zero."""
    return optax.warmup_cosine_decay_schedule(0.0, rate, max(1, min(50, steps // 10)), steps)


def _muon(rate: float, steps: int) -> optax.GradientTransformation:
    return muon(decaying(rate, steps), others=optax.adam(decaying(1e-3, steps)))


def data_driven(
    school: School, rank: int, start: Float[Array, " all"], steps: int, batch: int
) -> FitResult[DataDriven]:
    """(b): U and V fixed to the operator's, Sigma learned, from the gains `start` (Tikhonov's)."""
    model = DataDriven(start, jnp.diag(start[:rank]), school.scanner.svd, *school.means)
    only = _only(model, lambda m: (m.gains, m.sigma))
    optimiser = muon(decaying(0.01, steps), others=optax.adam(decaying(0.02, steps), b2=0.99))
    return school.train(model, data_driven_loss, optimiser, "b", steps, batch, only)


def reconstruction_alone(school: School, start: LearnedSVD, name: str, steps: int, batch: int) -> FitResult[LearnedSVD]:
    """E_y, Sigma and D_x learned for the reconstruction alone: alpha_y = alpha_x = 0."""
    path = lambda m: (m.encode_data.weight, m.sigma, m.decode_signal.weight)
    return school.train(start, LSVDLoss(), _muon(0.015, steps), name, steps, batch, _only(start, path))


def linear(school: School, start: LearnedSVD, name: str, steps: int, batch: int) -> FitResult[LearnedSVD]:
    """(c) and (d): the reconstruction alone; then the two coders that it leaves out, D_y and E_x, the others fixed."""
    first = reconstruction_alone(school, start, name, steps, batch)
    rest = lambda m: (m.decode_data.weight, m.encode_signal.weight)
    later = max(2, steps // 4)
    loss = LSVDLoss(alpha_y=1.0, alpha_x=1.0)
    second = school.train(
        first.model, loss, _muon(0.015, later), f"{name}, autoencoders", later, batch, _only(start, rest)
    )
    return dataclasses.replace(first, model=second.model)


def _only(model: Model, leaves: Callable[[Any], Any]) -> Model:
    """A pytree of booleans: true at these leaves."""
    nothing = jax.tree.map(lambda _: False, model)
    return eqx.tree_at(leaves, nothing, replace_fn=lambda part: jax.tree.map(lambda _: True, part))


def nonlinear(
    school: School, start: LearnedSVD, loss: LSVDLoss, steps: int, batch: int, validation: Pairs
) -> FitResult[LearnedSVD]:
    """The nonlinear L-SVD: all coders learned together, the best on the validation slab kept."""
    judge = jax.tree_util.Partial(_reconstruction_error, validation)
    return school.train(start, loss, _gentle(steps), "nonlinear", steps, batch, validate=judge, chunk=1)


def _gentle(steps: int) -> optax.GradientTransformation:
    """Adam, ten times slower for the matrices, which have been trained before, than for the convolutions."""
    kinds = lambda params: jax.tree.map(lambda leaf: "matrix" if leaf.ndim == 2 else "other", params)
    rates: dict[Hashable, optax.GradientTransformation] = {
        "matrix": optax.adam(decaying(1e-4, steps)),
        "other": optax.adam(decaying(1e-3, steps)),
    }
    return optax.partition(rates, kinds)


def _reconstruction_error(pairs: Pairs, model: LearnedSVD) -> Array:
    return jnp.mean((jax.vmap(model)(pairs.y) - pairs.x) ** 2)


def autoencoder(school: School, start: LearnedSVD, name: str, steps: int, batch: int) -> FitResult[LearnedSVD]:
    """A plain autoencoder of the pictures, which sees no data: the signal's half of an L-SVD trained by itself."""
    linear = isinstance(start.encode_signal, LinearEncoder)
    optimiser, chunk = (_muon(0.015, steps), 4096) if linear else (_gentle(steps), 1)
    half = lambda m: (m.encode_signal, m.decode_signal)
    trainable = jax.tree.map(lambda leaf, used: used and eqx.is_inexact_array(leaf), start, _only(start, half))
    return school.train(start, _signal_error, optimiser, name, steps, batch, trainable, chunk=chunk)


def _signal_error(model: LearnedSVD, batch: Pairs, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
    del key
    return jnp.sum((jax.vmap(model.signal_autoencoder)(batch.x) - batch.x) ** 2) / len(batch.x), {}
