"""The base of every forward map: a linear operator over arrays of any shape, in lineax's algebra."""

import abc
import functools
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, ArrayLike, Inexact, PyTree

_COLUMNS_AT_ONCE = 256  # bounds the memory that `as_matrix` needs beside its result


class Operator(lx.AbstractLinearOperator):
    """A linear map `A` between arrays of any shape, or tuples of them: a [lineax operator](https://docs.kidger.site/lineax/api/operators/).

    `A.mv(x)`, `A.T`, `A.H`, `A @ B`, `A + B`, `2 * A` and `lineax.linear_solve(A, y, lineax.LSMR(...))` work
    on pictures as they are, without ravelling. A subclass is a finished record (Equinox's abstract-or-final)
    that says three things: `in_structure`, `out_structure` and `apply`. The transpose follows by
    `jax.linear_transpose`; where that is slow, build `apply` on a `linear_primitive`, which carries its own.

    Shapes:
        One sample in, one sample out. A batch goes through `jax.vmap(A.mv)`.

    Raises:
        ValueError: from `mv`, if the sample's shape, structure or dtype is not the operator's.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> class Halves(Operator):
        ...     shape: tuple[int, int]
        ...     def in_structure(self): return jax.ShapeDtypeStruct(self.shape, jnp.float32)
        ...     def out_structure(self): return jax.ShapeDtypeStruct(self.shape[:1], jnp.float32)
        ...     def apply(self, x): return 0.5 * x.sum(1)
        >>> A = Halves((2, 3))
        >>> A.mv(jnp.ones((2, 3)))
        Array([1.5, 1.5], dtype=float32)
        >>> A.T.mv(jnp.array([2.0, 4.0]))
        Array([[1., 1., 1.],
               [2., 2., 2.]], dtype=float32)
        >>> (A @ A.T).as_matrix()
        Array([[0.75, 0.  ],
               [0.  , 0.75]], dtype=float32)
        >>> A.mv(jnp.ones((5, 2, 3)))
        Traceback (most recent call last):
        ValueError: Halves expects an array of shape (2, 3), got (5, 2, 3): map A.mv over the batch by vmap.

    See also:
        `adjoint_error`, the law that every operator keeps; `Wrapped`, for operators that lineax made.
    """

    @abc.abstractmethod
    def in_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """Shape and dtype of `x` in `A.mv(x)`."""

    @abc.abstractmethod
    def out_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """Shape and dtype of `A.mv(x)`."""

    @abc.abstractmethod
    def apply(self, x: PyTree[Array]) -> PyTree[Array]:
        """The map itself in plain JAX, linear in `x`. Call `mv`, which checks `x` first."""

    def mv(self, vector: PyTree[ArrayLike]) -> PyTree[Array]:
        """`A x` for one sample `x`."""
        return self.apply(_checked(self, vector))

    def as_matrix(self) -> Inexact[Array, "out_size in_size"]:
        """The dense matrix of the map on ravelled arrays, column by column: `out_size x in_size` numbers."""
        return dense(self)

    def transpose(self) -> "Operator":
        """The transpose, also `A.T`: no conjugate."""
        return self if lx.is_symmetric(self) else _transposed(self)

    @property
    def T(self) -> "Operator":
        """The transpose: no conjugate."""
        return self.transpose()

    @property
    def H(self) -> "Operator":
        """The adjoint, which is the conjugate transpose; for a real operator the same as `A.T`."""
        return lx.conj(self.transpose())  # pyright: ignore[reportReturnType]

    @property
    def in_shape(self) -> Any:
        """Shape of `x` in `A.mv(x)`; for a tuple of arrays a tuple of shapes."""
        return jax.tree.map(lambda leaf: leaf.shape, self.in_structure())

    @property
    def out_shape(self) -> Any:
        """Shape of `A.mv(x)`; for a tuple of arrays a tuple of shapes."""
        return jax.tree.map(lambda leaf: leaf.shape, self.out_structure())

    def __add__(self, other: lx.AbstractLinearOperator) -> "Operator":
        return _combined(lx.AbstractLinearOperator.__add__, self, other)

    def __sub__(self, other: lx.AbstractLinearOperator) -> "Operator":
        return _combined(lx.AbstractLinearOperator.__sub__, self, other)

    def __matmul__(self, other: lx.AbstractLinearOperator) -> "Operator":
        return _combined(lx.AbstractLinearOperator.__matmul__, self, other)

    def __mul__(self, other: ArrayLike) -> "Operator":
        return _combined(lx.AbstractLinearOperator.__mul__, self, other)

    def __rmul__(self, other: ArrayLike) -> "Operator":
        return self * other

    def __truediv__(self, other: ArrayLike) -> "Operator":
        return _combined(lx.AbstractLinearOperator.__truediv__, self, other)

    def __neg__(self) -> "Operator":
        return _combined(lx.AbstractLinearOperator.__neg__, self)


class Transposed(Operator):
    """The transpose `A.T` of an operator: `jax.linear_transpose` of its `apply`, so exact by construction.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> A = Matrix(jnp.array([[1.0, 2.0]]))
        >>> A.T.mv(jnp.array([3.0]))
        Array([3., 6.], dtype=float32)
    """

    operator: Operator

    def in_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The output of the operator."""
        return self.operator.out_structure()

    def out_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The input of the operator."""
        return self.operator.in_structure()

    def apply(self, x: PyTree[Array]) -> PyTree[Array]:
        """The transpose of the operator's `apply`."""
        (out,) = jax.linear_transpose(self.operator.apply, self.operator.in_structure())(x)
        return out


class Conjugated(Operator):
    """The elementwise conjugate of a complex operator, `x -> conj(A conj(x))`: `A.H` is that of `A.T`."""

    operator: Operator

    def in_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The input of the operator."""
        return self.operator.in_structure()

    def out_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The output of the operator."""
        return self.operator.out_structure()

    def apply(self, x: PyTree[Array]) -> PyTree[Array]:
        """The conjugate of the operator applied to the conjugate."""
        return _conj(self.operator.apply(_conj(x)))


class Wrapped(Operator):
    """Any lineax operator as an `Operator`, with `in_shape`, `H` and checked samples: what `A @ B` returns.

    Example:
        >>> import jax, jax.numpy as jnp, lineax as lx
        >>> A = Wrapped(lx.FunctionLinearOperator(jnp.cumsum, jax.ShapeDtypeStruct((3,), jnp.float32)))
        >>> A.mv(jnp.ones(3))
        Array([1., 2., 3.], dtype=float32)
        >>> (2 * A).out_shape
        (3,)
    """

    operator: lx.AbstractLinearOperator

    def in_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The input of the lineax operator."""
        return self.operator.in_structure()

    def out_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The output of the lineax operator."""
        return self.operator.out_structure()

    def apply(self, x: PyTree[Array]) -> PyTree[Array]:
        """Its `mv`."""
        return self.operator.mv(x)


def as_operator(operator: lx.AbstractLinearOperator) -> Operator:
    """The operator itself, or any other lineax operator `Wrapped`."""
    return operator if isinstance(operator, Operator) else Wrapped(operator)


def _combined(operation: Callable[..., lx.AbstractLinearOperator], *operands: Any) -> Operator:
    """Lineax's own sum, product or multiple, of unwrapped operands, so that lineax sees through them."""
    return as_operator(operation(*(a.operator if isinstance(a, Wrapped) else a for a in operands)))


@functools.singledispatch
def _transposed(operator: Operator) -> Operator:
    return Transposed(operator)


@_transposed.register
def _(operator: Transposed) -> Operator:
    return operator.operator


@_transposed.register
def _(operator: Conjugated) -> Operator:
    return Conjugated(operator.operator.T)


@_transposed.register
def _(operator: Wrapped) -> Operator:
    return as_operator(operator.operator.T)


@lx.conj.register(Operator)
def _(operator: Operator) -> Operator:
    return Conjugated(operator) if _is_complex(operator) else operator


@lx.conj.register(Conjugated)
def _(operator: Conjugated) -> Operator:
    return operator.operator


@lx.conj.register(Wrapped)
def _(operator: Wrapped) -> Operator:
    return as_operator(lx.conj(operator.operator))


@lx.linearise.register(Operator)
def _(operator: Operator) -> Operator:
    return operator


@lx.materialise.register(Operator)
def _(operator: Operator) -> lx.AbstractLinearOperator:
    return lx.materialise(lx.FunctionLinearOperator(operator.mv, operator.in_structure()))


@lx.diagonal.register(Operator)
def _(operator: Operator) -> Inexact[Array, " size"]:
    return jnp.diag(operator.as_matrix())


@lx.tridiagonal.register(Operator)
def _(operator: Operator) -> tuple[Array, Array, Array]:
    return lx.tridiagonal(lx.MatrixLinearOperator(operator.as_matrix()))


for _query in (
    lx.is_symmetric,
    lx.is_diagonal,
    lx.is_tridiagonal,
    lx.is_lower_triangular,
    lx.is_upper_triangular,
    lx.is_positive_semidefinite,
    lx.is_negative_semidefinite,
    lx.has_unit_diagonal,
):
    _query.register(Operator)(lambda operator: False)
    _query.register(Wrapped)(lambda operator, query=_query: query(operator.operator))


@functools.singledispatch
@eqx.filter_jit
def dense(operator: Operator) -> Array:
    """What `A.as_matrix()` returns; an operator that holds its matrix registers a shorter way."""
    sample, unravel = eqx.filter_eval_shape(ravel_pytree, operator.in_structure())

    def column(j: Array) -> Array:
        basis = jnp.zeros(sample.shape, sample.dtype).at[j].set(1)
        return ravel_pytree(operator.apply(unravel(basis)))[0]

    return jax.lax.map(column, jnp.arange(sample.size), batch_size=_COLUMNS_AT_ONCE).T


def _is_complex(operator: Operator) -> bool:
    leaves = jax.tree.leaves((operator.in_structure(), operator.out_structure()))
    return any(jnp.issubdtype(leaf.dtype, jnp.complexfloating) for leaf in leaves)


def _conj(x: PyTree[Array]) -> PyTree[Array]:
    return jax.tree.map(jnp.conj, x)


def _checked(operator: Operator, x: PyTree[ArrayLike]) -> PyTree[Array]:
    """The sample `x` in the operator's dtype, or the sentence that says what is wrong with it."""
    expected = operator.in_structure()
    if jax.tree.structure(x) != jax.tree.structure(expected):
        raise ValueError(
            f"{_name(operator)} expects {_shapes(expected)}, got {_shapes(x)}: pass the same tuple of arrays."
        )
    return jax.tree.map(functools.partial(_checked_leaf, _name(operator)), x, expected)


def _checked_leaf(name: str, x: ArrayLike, expected: jax.ShapeDtypeStruct) -> Array:
    x = jnp.asarray(x)
    if x.shape != expected.shape:
        raise ValueError(_wrong_shape(name, x.shape, expected.shape))
    if jnp.promote_types(x.dtype, expected.dtype) != expected.dtype:
        raise ValueError(
            f"{name} expects {expected.dtype} numbers, got {x.dtype}: convert the sample by "
            f"x.astype({expected.dtype}), or build {name} in {x.dtype}."
        )
    return x.astype(expected.dtype)


def _wrong_shape(name: str, shape: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if shape[1:] == expected:
        remedy = "map A.mv over the batch by vmap"
    else:
        remedy = f"pad or crop it, or build {name} for that shape"
    return f"{name} expects an array of shape {expected}, got {shape}: {remedy}."


def _shapes(tree: PyTree) -> str:
    return str(jax.tree.map(jnp.shape, tree))


def _name(operator: lx.AbstractLinearOperator) -> str:
    if isinstance(operator, Transposed):
        return f"{_name(operator.operator)}.T"
    if isinstance(operator, Conjugated | Wrapped):
        return _name(operator.operator)
    return type(operator).__name__
