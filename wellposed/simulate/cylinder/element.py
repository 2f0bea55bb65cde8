"""The reference square [-1, 1] x [-1, 1] of a spectral element, and its matrices."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy.polynomial import legendre


class Element(NamedTuple):
    """Gauss-Lobatto-Legendre points in a square, those of the boundary first.

    Attributes:
        places: (r, s) of each of the q = (order + 1)^2 points.
        weights: of the quadrature at the points; exact for polynomials of degree 2 order - 1 in r and in s.
        slopes: matrices of d/dr and d/ds, both q x q.
        sides: the points on each of the four sides, in the order south (s = -1), east, north, west; along each side the
            coordinate r or s grows.
        line: quadrature weights along one side.
        boundary: how many points lie on the boundary.
    """

    places: Float[np.ndarray, "q 2"]
    weights: Float[np.ndarray, " q"]
    slopes: Float[np.ndarray, "2 q q"]
    sides: Int[np.ndarray, "4 n"]
    line: Float[np.ndarray, " n"]
    boundary: int


def gauss_lobatto(order: int) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"], Float[np.ndarray, "n n"]]:
    """Gauss-Lobatto-Legendre points on [-1, 1], their weights, and the matrix of d/dx for polynomials through them.

    Args:
        order: degree of the polynomials, at least 2.

    Example:
        >>> x, w, D = gauss_lobatto(2)
        >>> x.round(3).tolist(), (3 * w).round(3).tolist(), (D @ x**2).round(3).tolist()
        ([-1.0, 0.0, 1.0], [1.0, 4.0, 1.0], [-2.0, 0.0, 2.0])
    """
    peak = legendre.Legendre.basis(order)
    inner = np.sort(peak.deriv().roots().real)
    x = np.concatenate([[-1.0], (inner - inner[::-1]) / 2.0, [1.0]])  # symmetric to the last bit
    p = peak(x)
    gap = x[:, None] - x[None, :] + np.eye(order + 1)
    D = p[:, None] / p[None, :] / gap
    np.fill_diagonal(D, 0.0)
    np.fill_diagonal(D, -D.sum(axis=1))  # the derivative of a constant is 0 to the last bit
    return x, 2.0 / (order * (order + 1) * p**2), D


def reference(order: int) -> Element:
    """The square of the given order.

    Args:
        order: degree of the polynomials in r and in s, at least 2.
    """
    x, w, D = gauss_lobatto(order)
    n = order + 1
    rows, columns = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    inside = (rows % order > 0) & (columns % order > 0)
    sequence = np.argsort(inside, kind="stable")
    rows, columns = rows[sequence], columns[sequence]
    number = np.empty((n, n), int)
    number[rows, columns] = np.arange(n * n)
    unit = np.eye(n)
    slopes = np.stack([np.kron(D, unit), np.kron(unit, D)])[:, sequence][:, :, sequence]
    return Element(
        places=np.stack([x[rows], x[columns]], axis=1),
        weights=w[rows] * w[columns],
        slopes=slopes,
        sides=np.stack([number[:, 0], number[-1], number[:, -1], number[0]]),
        line=w,
        boundary=4 * order,
    )
