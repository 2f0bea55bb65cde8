"""Six questions asked of a map of your own: any pure function from one datum to one picture."""

import equinox as eqx
import jax
import jax.numpy as jnp

from wellposed.audit import Problem, six
from wellposed.operators import Convolution
from wellposed.simulate import ellipses

A = Convolution((16, 16), jnp.ones((3, 3)) / 9)  # a blur
x = ellipses(jax.random.key(0), 6, 16)


class Redraw(eqx.Module):
    """New data of one picture at another noise level."""

    def __call__(self, key, x, level):
        return A.mv(x) + level * jax.random.normal(key, x.shape)


class Sharpen(eqx.Module):
    """The map that is asked about."""

    strength: float

    def __call__(self, y):
        return y + self.strength * (y - A.mv(y))


keys = jax.random.split(jax.random.key(1), len(x))
y = jax.vmap(Redraw(), in_axes=(0, 0, None))(keys, x, 0.02)
problem = Problem(A, x, y=y, clean=jax.vmap(A.mv)(x), level=0.02, redraw=Redraw())
for answer in six(Sharpen(1.5), problem, jax.random.key(2)).values():
    print(f"{answer.question:22} {answer.verdict}")
