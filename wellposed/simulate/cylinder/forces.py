"""What a flow does to a body: the force on it."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .mesh import Mesh
from .space import Space, Surface, surface


class Force(eqx.Module):
    """The force on a part of the boundary, F = integral of (p n - nu (grad u + grad u^T) n) with n out of the flow.

    Attributes:
        area: the part.
    """

    area: Surface

    def __call__(
        self,
        space: Space,
        velocity: Float[Array, "2 elements q"],
        pressure: Float[Array, "elements q"],
        viscosity: Float[Array, ""] | float,
    ) -> Float[Array, "2"]:
        """(drag, lift), of density 1 and for a unit of depth."""
        gradients = jax.vmap(space.gradient)(velocity)
        strain = gradients + jnp.swapaxes(gradients, 0, 1)
        at = lambda f: f[..., self.area.elements, self.area.points]
        normals = jnp.asarray(self.area.normals, pressure.dtype)
        push = jnp.einsum("sn,snc->c", at(pressure), normals)
        return push - viscosity * jnp.einsum("cdsn,snd->c", at(strain), normals)


def force(mesh: Mesh, *names: str) -> Force:
    """The force on the named parts."""
    return Force(surface(mesh, *names))
