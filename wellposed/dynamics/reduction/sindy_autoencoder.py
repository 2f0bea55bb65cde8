"""SINDy in coordinates that are learned with it."""

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

from .library import Library, equations
from .model import AbstractReducedModel
from .one_system import one_system
from .rollout import ACCURATE, Solver, rollout
from .snapshots import samples
from .thresholding import thresholding

Terms = dict[str, Float[Array, ""]]


class SINDyAutoencoder(AbstractReducedModel):
    """Coordinates z = phi(x), x = psi(z) in which dz/dt = Xi Theta(z) is sparse [@champion2019].

    As a map it is the autoencoder psi(phi(x)); `predict` goes through the learned equations.

    Attributes:
        encoder: phi.
        decoder: psi.
        coefficients: Xi.
        library: Theta.
        solver: of the equations, for `predict`.

    Shapes:
        `coefficients (latent, library.size)`; `(state,) -> (state,)`.

    Example:
        >>> model = SINDyAutoencoder.random(16, 2, (8,), Library(2, 2), jax.random.key(0))
        >>> model(jnp.ones(16)).shape
        (16,)
        >>> len(model.equations())
        2

    When it fails: from some initial weights the thresholding keeps too many or too few terms; take several seeds.
    """

    encoder: Perceptron
    decoder: Perceptron
    coefficients: Float[Array, "latent terms"]
    library: Library
    solver: Solver = ACCURATE

    @classmethod
    def random(
        cls,
        state: int,
        latent: int,
        widths: Sequence[int],
        library: Library,
        key: Key[Array, ""],
        activation: Callable[[Array], Array] = jax.nn.sigmoid,
    ) -> "SINDyAutoencoder":
        """Before training: Glorot's uniform weights [@glorot2010], zero biases, and all coefficients 1.

        Args:
            state: dimension of x.
            latent: dimension of z.
            widths: of the encoder's hidden layers; the decoder's are these backwards.
            library: Theta, on z.
            key: of the weights.
            activation: between the layers.
        """
        first, second = jax.random.split(key)
        encoder = _glorot(Perceptron((state, *widths, latent), activation, key=first), first)
        decoder = _glorot(Perceptron((latent, *reversed(widths), state), activation, key=second), second)
        return cls(encoder, decoder, jnp.ones((latent, library.size)), library)

    @classmethod
    def fit(
        cls,
        trajectories: Trajectories,
        latent: int,
        widths: Sequence[int],
        degree: int,
        optimiser: optax.GradientTransformation,
        loss: "SINDyAutoencoderLoss | None" = None,
        *,
        threshold: float = 0.1,
        threshold_every: int = 500,
        refinement: float = 0.2,
        batch: int,
        steps: int,
        key: Key[Array, ""],
        **options: Any,
    ) -> FitResult["SINDyAutoencoder"]:
        """Train on the states and slopes of trajectories, while small coefficients are set to zero for good.

        Args:
            trajectories: of one system, with slopes, or else those of smoothing splines are taken.
            latent: dimension of z.
            widths: of the encoder's hidden layers.
            degree: of the polynomials in z.
            optimiser: from optax.
            loss: by default the published weights.
            threshold: a smaller coefficient goes.
            threshold_every: steps between two looks at the coefficients.
            refinement: share of the steps, at the end, without thresholding and sparsity.
            batch: states in a step.
            steps: of training.
            key: of the weights and of the batches.
            options: `folder`, `resume`, `progress` and what else `train.fit` takes.

        Returns:
            Its `model` predicts.

        Raises:
            ValueError: if the trajectories' parameters differ.
        """
        one_system(trajectories._replace(inside=None), cls.__name__)
        weights, order, noise = jax.random.split(key, 3)
        x, dx = samples(trajectories)[:2]
        model = cls.random(x.shape[1], latent, widths, Library(latent, degree), weights)
        last = round((1 - refinement) * steps)
        batches = Sparse(Minibatches((x, dx), batch, key=order), last)
        optimiser = thresholding(optimiser, lambda model: model.coefficients, threshold, threshold_every, last)
        loss = SINDyAutoencoderLoss() if loss is None else loss
        return fit(model, loss, batches, optimiser, steps=steps, key=noise, **options)

    def __call__(self, x: Float[Array, " state"]) -> Float[Array, " state"]:
        """The reconstruction of a state."""
        return self.decoder(self.encoder(x))

    def slope(self, t: ArrayLike, z: Float[Array, " latent"], args: None = None) -> Float[Array, " latent"]:
        """dz/dt by the learned equations."""
        return self.coefficients @ self.library(z)

    def predict(
        self, x0: Float[ArrayLike, " state"], parameter: Float[ArrayLike, "..."] | None, ts: Float[ArrayLike, " times"]
    ) -> Float[Array, "times state"]:
        """The states at `ts`, by the flow of the learned equations."""
        if parameter is not None:
            raise ValueError("SINDyAutoencoder expects no parameter: its equations are those of one system; give None.")
        return jax.vmap(self.decoder)(rollout(self.slope, self.solver, self.encoder(jnp.asarray(x0)), ts))

    def equations(self) -> tuple[str, ...]:
        """A line for each latent coordinate."""
        names = tuple(f"z{i}" for i in range(1, len(self.coefficients) + 1))
        return equations(self.coefficients, self.library.names(names), names)


class Sparse(eqx.Module):
    """Batches of states and slopes, and whether sparsity still counts."""

    samples: Minibatches
    refine_from: int

    def __call__(self, key: Key[Array, ""], step: Array) -> tuple[Array, Array, Float[Array, ""]]:
        """Batch number `step`."""
        x, dx = self.samples(key, step)
        return x, dx, jnp.where(step < self.refine_from, 1.0, 0.0)


class SINDyAutoencoderLoss(eqx.Module):
    """mean (x - psi(z))^2 + a mean (dx/dt - D psi(z) Xi Theta)^2 + b mean (D phi(x) dx/dt - Xi Theta)^2 + c mean |Xi|.

    The loss of [@champion2019], z = phi(x), with the derivatives of the coders by `jax.jvp`.

    Args:
        state_slopes: a.
        latent_slopes: b.
        sparsity: c.
    """

    state_slopes: float = 1e-4
    latent_slopes: float = 0.0
    sparsity: float = 1e-5

    def __call__(
        self,
        model: SINDyAutoencoder,
        batch: tuple[Float[Array, "batch state"], Float[Array, "batch state"], Float[Array, ""]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, ""], Terms]:
        """The loss and its terms for states, slopes and a factor of the sparsity's weight."""
        x, dx, sparse = batch
        found = slopes_and_states(model, x, dx)
        terms = {
            "reconstruction": jnp.mean((x - found.x) ** 2),
            "state_slopes": jnp.mean((dx - found.dx) ** 2),
            "latent_slopes": jnp.mean((found.dz - found.dz_learned) ** 2),
            "sparsity": jnp.mean(jnp.abs(model.coefficients)),
        }
        loss = (
            terms["reconstruction"]
            + self.state_slopes * terms["state_slopes"]
            + self.latent_slopes * terms["latent_slopes"]
            + self.sparsity * sparse * terms["sparsity"]
        )
        return loss, terms | {"active": jnp.sum(model.coefficients != 0).astype(loss.dtype)}


class Passed(eqx.Module):
    """What becomes of states and slopes: x and dx through the model, and dz by the chain rule and by the equations."""

    x: Float[Array, "batch state"]
    dx: Float[Array, "batch state"]
    dz: Float[Array, "batch latent"]
    dz_learned: Float[Array, "batch latent"]


def slopes_and_states(
    model: SINDyAutoencoder, x: Float[Array, "batch state"], dx: Float[Array, "batch state"]
) -> Passed:
    """States and slopes through the coders and the equations."""
    z, dz = jax.jvp(jax.vmap(model.encoder), (x,), (dx,))
    learned = jax.vmap(model.library)(z) @ model.coefficients.T
    again, slopes = jax.jvp(jax.vmap(model.decoder), (z,), (learned,))
    return Passed(again, slopes, dz, learned)


def _glorot(net: Perceptron, key: Key[Array, ""]) -> Perceptron:
    keys = jax.random.split(key, len(net.layers))
    uniform = jax.nn.initializers.glorot_uniform(in_axis=1, out_axis=0)
    weights = [uniform(k, layer.weight.shape) for k, layer in zip(keys, net.layers, strict=True)]
    biases = [jnp.zeros(layer.weight.shape[0]) for layer in net.layers]
    where = lambda net: [part for layer in net.layers for part in (layer.weight, layer.bias)]
    return eqx.tree_at(where, net, [part for pair in zip(weights, biases, strict=True) for part in pair])
