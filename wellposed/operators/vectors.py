"""Arrays and tuples of arrays as vectors: random ones, inner products, lengths and combinations."""

import functools
import operator

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree, Scalar


def normal_like(structure: PyTree[jax.ShapeDtypeStruct], key: Key[Array, ""]) -> PyTree[Array]:
    """Independent standard normal entries; a complex entry has E|z|^2 = 1."""
    leaves, treedef = jax.tree.flatten(structure)
    keys = jax.random.split(key, len(leaves))
    drawn = [jax.random.normal(k, leaf.shape, leaf.dtype) for k, leaf in zip(keys, leaves, strict=True)]
    return jax.tree.unflatten(treedef, drawn)


def inner(x: PyTree[Array], y: PyTree[Array]) -> Scalar:
    """The inner product <x, y> = sum of x_i conj(y_i)."""
    pairs = zip(jax.tree.leaves(x), jax.tree.leaves(y), strict=True)
    return functools.reduce(operator.add, (jnp.vdot(b, a) for a, b in pairs))


def length(x: PyTree[Array]) -> Scalar:
    """The Euclidean norm |x|, real also for complex x."""
    return jnp.sqrt(inner(x, x).real)


def minus(x: PyTree[Array], factor: Scalar, y: PyTree[Array]) -> PyTree[Array]:
    """The combination x - factor y, for a real factor."""
    return jax.tree.map(lambda a, b: a - factor.astype(a.dtype) * b, x, y)


def unit(x: PyTree[Array]) -> tuple[Scalar, PyTree[Array]]:
    """The length of x, and x divided by it; the zero vector stays as it is."""
    size = length(x)
    return size, jax.tree.map(lambda a: a / jnp.where(size == 0, 1, size).astype(a.dtype), x)
