"""What a normalizing flow is, how one loss trains them all, and the law that each has to keep."""

import abc
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..densities import AbstractDensity


class Path(NamedTuple):
    """The way of one point from data to base.

    Attributes:
        z: where it ends.
        log_det: log |det dz/dx|.
        cost: of the transport.
    """

    z: Float[Array, " d"]
    log_det: Float[Array, ""]
    cost: Float[Array, ""]


class AbstractNormalizingFlow(AbstractDensity):
    """An invertible map f from data to a base N(0, I), hence a density of the data [@rezende2015].

    log p(x) = log N(f(x); 0, I) + log |det df/dx|. A flow of one's own is `path`, `inverse` and `terms`; the rest
    follows. All but `terms` and `sample` take one point: use `vmap` for many.
    """

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """d."""

    @abc.abstractmethod
    def path(self, x: Float[Array, " d"]) -> Path:
        """f(x), log |det df/dx| and the cost."""

    @abc.abstractmethod
    def inverse(self, z: Float[Array, " d"]) -> Float[Array, " d"]:
        """f^-1(z): base to data."""

    @abc.abstractmethod
    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """What training minimises the sum of, by name: means over a batch, penalties already weighted.

        Args:
            batch: points of the data, (n, d); see the flow where it takes more.
            key: of what is drawn.
        """

    def forward(self, x: Float[Array, " d"]) -> Float[Array, " d"]:
        """f(x): data to base."""
        return self.path(x).z

    def log_prob(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """log p(x)."""
        path = self.path(x)
        return log_normal(path.z) + path.log_det

    def sample(self, key: Key[Array, ""], n: int) -> Float[Array, "n d"]:
        """n independent points: f^-1 of normal ones."""
        return jax.vmap(self.inverse)(jax.random.normal(key, (n, self.dimension)))

    def cost(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """The transport's cost of one point: int |v|^2 dt of a continuous flow, |f(x) - x|^2 of a discrete one.

        Its mean over the data is at least the squared Wasserstein distance between the data and where they end.
        """
        return self.path(x).cost


def log_normal(z: Float[Array, " d"]) -> Float[Array, ""]:
    """log N(z; 0, I)."""
    return -jnp.sum(z**2) / 2 - len(z) * jnp.log(jnp.asarray(2 * jnp.pi, z.dtype)) / 2


def mean_nll(flow: AbstractNormalizingFlow, batch: Float[Array, "n d"]) -> Float[Array, ""]:
    """The mean of -log p over points, in nats."""
    return -jnp.mean(jax.vmap(flow.log_prob)(batch))


def flow_loss(
    flow: AbstractNormalizingFlow, batch: Any, key: Key[Array, ""]
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """The loss of any flow, for `train.fit`: the sum of its `terms`.

    Args:
        flow: any normalizing flow.
        batch: what its `terms` takes.
        key: of what is drawn.

    Returns:
        The loss, and the terms.

    Example:
        >>> from wellposed.transport import PlanarFlow
        >>> flow = PlanarFlow.random(2, 3, jax.random.key(0))
        >>> loss, terms = flow_loss(flow, jnp.ones((5, 2)), jax.random.key(1))
        >>> list(terms)
        ['nll']
    """
    terms = flow.terms(batch, key)
    return sum(terms.values(), jnp.zeros(())), terms


def inverse_error(flow: AbstractNormalizingFlow, xs: Float[Array, "n d"]) -> Float[Array, ""]:
    """How far a flow is from invertible: the mean of |x - f^-1(f(x))| over points [@onken2021].

    Args:
        flow: any normalizing flow.
        xs: points of the data.

    Units:
        Those of the data.

    Example:
        >>> from wellposed.transport import RadialFlow
        >>> flow = RadialFlow.random(2, 3, jax.random.key(0))
        >>> bool(inverse_error(flow, jax.random.normal(jax.random.key(1), (9, 2))) < 1e-5)
        True

    When it fails: a continuous flow is as invertible as its steps are fine; see `with_steps`.
    """
    return _inverse_error(flow, xs)


@eqx.filter_jit
def _inverse_error(flow: AbstractNormalizingFlow, xs: Float[Array, "n d"]) -> Float[Array, ""]:
    back = jax.vmap(lambda x: flow.inverse(flow.forward(x)))(xs)
    return jnp.mean(jnp.linalg.norm(xs - back, axis=1))
