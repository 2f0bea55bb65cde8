"""Linear primitives: linear maps that carry their own transpose, where autodiff would derive a slow one."""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir
from jaxtyping import Array

Union = Callable[..., Sequence[Array] | None]


def linear_primitive(
    name: str, forward: Callable[..., Array], adjoint: Callable[..., Array], union: Union | None = None
) -> Callable[..., Array]:
    """Ties a linear map to its transpose in one [JAX primitive](https://docs.jax.dev/en/latest/jax-primitives.html).

    Autodiff transposes a gather into a scatter, which is slow. Here `y = A(t) x` and `x = A(t)^T y` are both
    written by hand as gathers, and each is the transposition rule of the other. Unlike with `jax.custom_vjp`
    every transformation still works: `jvp`, `vjp` of `jvp`, `linearize`, `vmap`, remat under `scan`.

    - In `x` the derivative is the same primitive, and its transpose is the twin.
    - In a floating-point table (angles, say) the derivative is the one that `jax.jvp` finds in `forward`.
    - `jax.vmap` over `x` alone moves the batch into the last axis: one call serves the batch. With batched
      tables `union` makes one larger map of them; without it `jax.lax.map` runs the calls one after another.

    Args:
        name: the primitive's name in a printed jaxpr; the twin is called `name_adjoint`.
        forward: `forward(x, *tables, **static) -> y`, linear in `x`.
        adjoint: `adjoint(y, *tables, **static) -> x`, its transpose (no conjugate), with the same tables.
            Keyword-only parameters, of either function, are static: hashable, as the picture's shape.
        union: `union(*operands, **static)` makes of operands that all have a leading batch axis those of one map, whose
            output holds the samples' outputs one after the other in its first axis; or None where it cannot. It serves
            both functions.

    Shapes:
        The last axis of `x` and of `y` is a batch, over which both functions work column by column.

    Returns:
        `apply(x, *tables, **static) -> y`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> def rows(x, there, back): return x[there]
        >>> def rows_back(y, there, back): return y[back]
        >>> permute = linear_primitive("permute", rows, rows_back)
        >>> there = jnp.array([2, 0, 1]); back = jnp.argsort(there)
        >>> permute(jnp.array([[1.0], [2.0], [3.0]]), there, back)[:, 0]
        Array([3., 1., 2.], dtype=float32)
        >>> jax.grad(lambda x: permute(x, there, back)[0, 0])(jnp.ones((3, 1)))[:, 0]
        Array([0., 0., 1.], dtype=float32)

    See also:
        `adjoint_error`, which tests that the two functions are transposes of each other.
    """
    there, back = Primitive(name), Primitive(f"{name}_adjoint")
    _register(there, forward, back, union)
    _register(back, adjoint, there, union)

    def apply(x: Array, *tables: Array, **static: Any) -> Array:
        return there.bind(x, *tables, **static)

    apply.__name__ = name
    return apply


def _register(primitive: Primitive, function: Callable[..., Array], twin: Primitive, union: Union | None) -> None:
    run = jax.jit(function, static_argnames=_keyword_only(function))

    def abstract(*operands: ShapedArray, **static: Any) -> ShapedArray:
        out = jax.eval_shape(lambda *args: run(*args, **static), *operands)
        return ShapedArray(out.shape, out.dtype)

    def jvp(primals: Sequence[Any], tangents: Sequence[Any], **static: Any) -> tuple[Any, Any]:
        (x, *tables), (dx, *dtables) = primals, tangents
        terms = []
        if type(dx) is not ad.Zero:
            terms.append(primitive.bind(dx, *tables, **static))
        if any(type(dt) is not ad.Zero for dt in dtables):
            terms.append(_table_jvp(lambda *t: run(x, *t, **static), tables, dtables))
        # JAX calls a rule only if some tangent is not zero, so there is a first term
        return primitive.bind(x, *tables, **static), functools.reduce(jnp.add, terms)

    def transpose(ct: Any, x: Any, *tables: Any, **static: Any) -> list[Any]:
        return [twin.bind(ct, *tables, **static), *(None for _ in tables)]

    def batch(operands: Sequence[Any], dims: Sequence[int | None], **static: Any) -> tuple[Array, int]:
        def bind(*args: Any) -> Array:
            return primitive.bind(*args, **static)

        if all(d is None for d in dims[1:]):
            return _batch_in_last_axis(bind, operands, dims[0])
        united = None if union is None else union(*_leading(operands, dims), **static)
        if united is not None:
            y = bind(*united)
            size = next(a.shape[d] for a, d in zip(operands, dims, strict=True) if d is not None)
            return y.reshape(size, -1, *y.shape[1:]), 0
        return _batch_in_turn(bind, operands, dims), 0

    primitive.def_impl(run)
    primitive.def_abstract_eval(abstract)
    ad.primitive_jvps[primitive] = jvp
    ad.primitive_transposes[primitive] = transpose
    batching.primitive_batchers[primitive] = batch
    mlir.register_lowering(primitive, mlir.lower_fun(run, multiple_results=False))


def _keyword_only(function: Callable[..., Array]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]


def _table_jvp(function: Callable[..., Array], tables: Sequence[Any], dtables: Sequence[Any]) -> Array:
    moving = [i for i, dt in enumerate(dtables) if type(dt) is not ad.Zero]

    def of_moving(*some: Array) -> Array:
        full = list(tables)
        for i, table in zip(moving, some, strict=True):
            full[i] = table
        return function(*full)

    _, dy = jax.jvp(of_moving, [tables[i] for i in moving], [dtables[i] for i in moving])
    return dy


def _batch_in_last_axis(bind: Callable[..., Array], operands: Sequence[Any], dim: Any) -> tuple[Array, int]:
    x, *tables = operands
    x = jnp.moveaxis(x, dim, -2)  # (..., new, old)
    *_, new, old = x.shape
    y = bind(x.reshape(*x.shape[:-2], new * old), *tables)
    return y.reshape(*y.shape[:-1], new, old), y.ndim - 1


def _leading(operands: Sequence[Any], dims: Sequence[int | None]) -> list[Array]:
    """The operands with the batch in their first axis, repeated where they have none."""
    size = next(a.shape[d] for a, d in zip(operands, dims, strict=True) if d is not None)
    return [
        jnp.broadcast_to(a[None], (size, *a.shape)) if d is None else jnp.moveaxis(a, d, 0)
        for a, d in zip(operands, dims, strict=True)
    ]


def _batch_in_turn(bind: Callable[..., Array], operands: Sequence[Any], dims: Sequence[int | None]) -> Array:
    batched = [jnp.moveaxis(a, d, 0) for a, d in zip(operands, dims, strict=True) if d is not None]

    def one(samples: list[Array]) -> Array:
        sample = iter(samples)
        return bind(*(a if d is None else next(sample) for a, d in zip(operands, dims, strict=True)))

    return jax.lax.map(one, batched)
