"""The slide "Structure: latent representations": unit vectors of latent space, decoded to pictures."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.inverse import LearnedSVD

from .learn import School, autoencoder
from .methods import Methods
from .settings import Settings

SHOWN = 6


def latent_pictures(settings: Settings, school: School, methods: Methods) -> dict[str, Float[np.ndarray, "n *signal"]]:
    """For the linear and the nonlinear autoencoder and the L-SVDs: the units whose coefficients vary most, decoded.

    Each unit vector is scaled by the standard deviation of its coefficient over training pictures, so that a picture
    shows what the unit contributes to them.
    """
    x, y = school.x[:256], school.scanner.measure(school.key, school.clean[:256])
    steps = max(2, settings.linear_steps // 4)
    plain = autoencoder(school, methods.d, "linear autoencoder", steps, settings.batch // 2 or 1).model
    curved = autoencoder(school, methods.nonlinear, "nonlinear autoencoder", max(2, steps // 4), settings.batch // 8 or 1)
    singular = lambda model: lambda y: model.singular(model.encode_data(y))
    return {
        "linear autoencoder": _strongest(plain, jax.vmap(plain.encode_signal)(x)),
        "nonlinear autoencoder": _strongest(curved.model, jax.vmap(curved.model.encode_signal)(x)),
        "linear L-SVD (d)": _strongest(methods.d, jax.vmap(singular(methods.d))(y)),
        "nonlinear L-SVD": _strongest(methods.nonlinear, jax.vmap(singular(methods.nonlinear))(y)),
    }


def _strongest(model: LearnedSVD, z: Float[Array, "n k"]) -> Float[np.ndarray, "shown *signal"]:
    spread = z.std(0)
    largest = jnp.argsort(-spread)[:SHOWN]
    unit = jnp.zeros((len(largest), len(spread))).at[jnp.arange(len(largest)), largest].set(spread[largest])
    return np.asarray(model.latent_pictures(unit))
