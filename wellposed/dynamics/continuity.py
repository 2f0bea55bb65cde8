"""A loss of the latent ODE that keeps its path among the states from which series begin."""

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from .latent_ode import LatentODE
from .observations import Lesson


class Continuity(eqx.Module):
    """The negative evidence lower bound of a latent ODE, with a term that makes it one flow for all times.

    The bound alone asks the path to explain a series as long as it was observed. A coordinate of the latent state may
    then count the time since the first observation, and a forecast, which asks beyond that, is lost. Now a series that
    is observed from t_k on is a series too, and the encoder says where it begins. The path of the whole has to pass
    there: with n observations,

        loss = -E_q sum_i log p(x_i | z(t_i)) + w KL(q || p) - w c / n E_q sum_k log q(z(t_k) | x_k ... x_n),

    where z is the path from one draw of z(t_0), and w the lesson's weight. It is the continuity of multiple shooting
    [@iakovlev2023], for one path. The encoder must not learn from the number of observations that follow how much time
    has passed: train with `Lessons(..., cut=0.5)`, where the part that is seen ends at random.

    Args:
        weight: c.

    Returns:
        The loss of a batch, per series, for `train.fit`, and its parts `log_likelihood`, `divergence`, `continuity`.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.dynamics import Observations
        >>> model = LatentODE(2, t1=1.0, steps=5, key=jax.random.key(0))
        >>> some = Observations(jnp.array([[0.1, 0.5]]), jnp.ones((1, 2, 2)), jnp.ones((1, 2, 2), bool))
        >>> loss, terms = Continuity()(model, Lesson(some, some, jnp.ones(())), jax.random.key(1))
        >>> sorted(terms)
        ['continuity', 'divergence', 'log_likelihood']

    When it fails: with a large weight the encoder's spread shrinks, which makes the sum large, before the data are
    heard. For a law that does depend on the time since the first observation it is wrong.

    See also:
        `negative_elbo`, the bound alone.
    """

    weight: float = eqx.field(static=True, default=1.0)

    def __call__(
        self, model: LatentODE, batch: Lesson, key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
        """The loss of a batch."""
        keys = jax.random.split(key, len(batch.seen.ts))
        fit, kl, continuity = (part.mean() for part in jax.vmap(model.evidence)(batch.seen, batch.target, keys))
        terms = {"log_likelihood": fit, "divergence": kl, "continuity": continuity}
        return batch.weight * (kl - self.weight * continuity) - fit, terms
