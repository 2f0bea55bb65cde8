"""The one interface of reduced models."""

import abc

import equinox as eqx
from jaxtyping import Array, ArrayLike, Float


class AbstractReducedModel(eqx.Module):
    """What was learned from trajectories: it predicts, and it says its equations where it has some.

    Each kind has a classmethod `fit` whose first argument is the trajectories. Where the answer is one of linear
    algebra it gives the model, where a network is trained a `FitResult`, whose `model` it is; of a normal form
    `fit_normal_form` trains many seeds at once. `Galerkin` is no fit: a known law in the coordinates of a `POD`.
    """

    @abc.abstractmethod
    def predict(
        self, x0: Float[ArrayLike, "..."], parameter: Float[ArrayLike, "..."] | None, ts: Float[ArrayLike, " times"]
    ) -> Float[Array, "times state"]:
        """The states at `ts` of the trajectory that starts in x0 at ts[0], at this parameter (None without one)."""

    @abc.abstractmethod
    def equations(self) -> tuple[str, ...]:
        """The learned equations, a line each; none where the model is a network."""
