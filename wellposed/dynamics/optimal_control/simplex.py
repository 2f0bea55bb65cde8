"""Time steps on the simplex: a projection, and an optimiser that keeps to it."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float


def project_simplex(h: Float[Array, "*batch depth"]) -> Float[Array, "*batch depth"]:
    """The nearest point of the simplex {h >= 0, sum h = 1}, along the last axis [@duchi2008].

    max(h - tau, 0), where tau is the number with which the sum is 1; it is found by sorting.

    Example:
        >>> [round(float(h), 3) for h in project_simplex(jnp.array([0.9, 0.5, -0.4]))]
        [0.7, 0.3, 0.0]
    """
    descending = -jnp.sort(-h, axis=-1)
    excess = jnp.cumsum(descending, axis=-1) - 1
    count = jnp.expand_dims(jnp.arange(1, h.shape[-1] + 1, dtype=h.dtype), range(h.ndim - 1))
    kept = jnp.sum(descending * count > excess, axis=-1, keepdims=True)
    tau = jnp.take_along_axis(excess, kept - 1, axis=-1) / kept.astype(h.dtype)
    return jnp.maximum(h - tau, 0)


def kept_in_simplex(optimiser: optax.GradientTransformation, name: str = "h") -> optax.GradientTransformation:
    """A projected optimiser: after each of its steps the parameters of that name are projected on the simplex.

    Args:
        optimiser: any of optax.
        name: of the parameters: arrays whose last axis is to sum to 1, such as the steps `h` of `ode_net`, for
            one network or for a batch of them.

    Returns:
        An optimiser for `wellposed.train.fit`.

    Example:
        >>> params = {"h": jnp.array([0.5, 0.5])}
        >>> projected = kept_in_simplex(optax.sgd(1.0))
        >>> change, _ = projected.update({"h": jnp.array([0.4, 0.0])}, projected.init(params), params)
        >>> [round(float(h), 3) for h in optax.apply_updates(params, change)["h"]]
        [0.3, 0.7]

    When it fails: with momentum or adaptive rates it is not the projected gradient method, though it keeps the
        constraint; its limits are the same.
    """

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        changes, state = optimiser.update(updates, state, params)

        def project(path: Any, change: Any, param: Any) -> Any:
            return project_simplex(param + change) - param if _name(path) == name else change

        return jax.tree_util.tree_map_with_path(project, changes, params), state

    return optax.GradientTransformation(optimiser.init, update)


def _name(path: Any) -> str:
    last = path[-1]
    return str(getattr(last, "name", getattr(last, "key", "")))
