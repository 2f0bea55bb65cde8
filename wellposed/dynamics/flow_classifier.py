"""A classifier whose features are the end of a flow."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .flow import Flow


class FlowClassifier(eqx.Module):
    """z(x) = W flow(x) + mu: the flow moves the classes until a linear map parts them [@benning2019] [@haber2018].

    A point is padded with zeros to the width of the flow, and handed to it as the argument of its field too, as
    a network takes it whose layers all see the input.

    Args:
        flow: of states of the width of W.
        weight: W, one row a class, or one row for two classes.
        bias: mu.

    Shapes:
        A point `(n,)` with n at most the width; `(classes,)` numbers come out.

    Example:
        >>> from wellposed.dynamics import resnet
        >>> f = FlowClassifier.random(resnet(4, 3, jax.random.key(0)), 4, 2, jax.random.key(1))
        >>> f(jnp.ones(2)).shape
        (2,)

    See also:
        `net`, `ode_net` and the stable architectures.
    """

    flow: Flow
    weight: Float[Array, "classes width"]
    bias: Float[Array, " classes"]

    @classmethod
    def random(cls, flow: Flow, width: int, classes: int, key: Key[Array, ""]) -> "FlowClassifier":
        """With a random W and mu = 0."""
        weight = jax.random.normal(key, (classes, width)) / jnp.sqrt(width)
        return cls(flow, weight, jnp.zeros(classes))

    def start(self, x: Float[Array, " n"]) -> Float[Array, " width"]:
        """The point, padded with zeros: the state at the beginning.

        Raises:
            ValueError: if it has more coordinates than the flow.
        """
        missing = self.weight.shape[1] - x.shape[0]
        if missing < 0:
            raise ValueError(
                f"FlowClassifier expects a point of at most {self.weight.shape[1]} coordinates, got {x.shape[0]}: "
                "take a wider flow."
            )
        return jnp.pad(x, (0, missing))

    def features(self, x: Float[Array, " n"]) -> Float[Array, " width"]:
        """The point where the flow takes it."""
        x = self.start(x)
        return self.flow(x, x)

    def __call__(self, x: Float[Array, " n"]) -> Float[Array, " classes"]:
        """z(x)."""
        return self.weight @ self.features(x) + self.bias
