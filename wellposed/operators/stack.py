"""Operators beside each other: several kinds of data of one picture, or several pictures with their data."""

import jax
import lineax as lx
from jaxtyping import Array, PyTree

from .operator import Operator


class Stack(Operator):
    """Several operators on one input, `A x = (A_1 x, ..., A_k x)`: the matrix [A_1; ...; A_k].

    The least-squares solution of `Stack(A, sqrt(alpha) * I)` for the data `(y, 0)` is Tikhonov's, which gives
    LSMR the damping that it lacks. `Stack(A, B).T` adds: `A.T y_1 + B.T y_2`.

    Args:
        operators: operators with the same input structure.

    Shapes:
        One input, and a tuple of k outputs.

    Raises:
        ValueError: if there is no operator, or their inputs differ.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> A = Stack(Matrix(jnp.array([[1.0, 2.0]])), Matrix(jnp.eye(2)))
        >>> A.mv(jnp.array([1.0, 1.0]))
        (Array([3.], dtype=float32), Array([1., 1.], dtype=float32))
    """

    operators: tuple[lx.AbstractLinearOperator, ...]

    def __init__(self, *operators: lx.AbstractLinearOperator):
        inputs = [A.in_structure() for A in operators]
        if not inputs or any(structure != inputs[0] for structure in inputs):
            raise ValueError(
                f"Stack expects operators with one and the same input, got {inputs}: "
                "build them for one picture, or use BlockDiagonal for several."
            )
        self.operators = operators

    def in_structure(self) -> PyTree[jax.ShapeDtypeStruct]:
        """The one input of all operators."""
        return self.operators[0].in_structure()

    def out_structure(self) -> tuple[PyTree[jax.ShapeDtypeStruct], ...]:
        """The tuple of their outputs."""
        return tuple(A.out_structure() for A in self.operators)

    def apply(self, x: PyTree[Array]) -> tuple[PyTree[Array], ...]:
        """Every operator of the one input."""
        return tuple(A.mv(x) for A in self.operators)


class BlockDiagonal(Operator):
    """The direct sum of operators, each on its own input, `A (x_1, ..., x_k) = (A_1 x_1, ..., A_k x_k)`.

    Args:
        operators: any operators.

    Shapes:
        A tuple of k inputs, and a tuple of k outputs.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> A = BlockDiagonal(Matrix(jnp.array([[1.0, 2.0]])), Matrix(jnp.eye(1)))
        >>> A.mv((jnp.array([1.0, 1.0]), jnp.array([5.0])))
        (Array([3.], dtype=float32), Array([5.], dtype=float32))
    """

    operators: tuple[lx.AbstractLinearOperator, ...]

    def __init__(self, *operators: lx.AbstractLinearOperator):
        self.operators = operators

    def in_structure(self) -> tuple[PyTree[jax.ShapeDtypeStruct], ...]:
        """The tuple of the inputs."""
        return tuple(A.in_structure() for A in self.operators)

    def out_structure(self) -> tuple[PyTree[jax.ShapeDtypeStruct], ...]:
        """The tuple of the outputs."""
        return tuple(A.out_structure() for A in self.operators)

    def apply(self, x: tuple[PyTree[Array], ...]) -> tuple[PyTree[Array], ...]:
        """Each operator of its own input."""
        return tuple(A.mv(part) for A, part in zip(self.operators, x, strict=True))
