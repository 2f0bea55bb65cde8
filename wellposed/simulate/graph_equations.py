"""The heat, wave and advection equations on graphs and meshes, solved exactly in float64."""

import numpy as np
from jaxtyping import Float


def heat_on_graph(
    laplacian: Float[np.ndarray, "n n"],
    mass: Float[np.ndarray, " n"],
    start: Float[np.ndarray, "n samples"],
    time: float,
) -> Float[np.ndarray, "n samples"]:
    """The solution of M u' = -L u, which is u(t) = exp(-t M^-1 L) u(0), by the eigenvectors of M^-1/2 L M^-1/2.

    Args:
        laplacian: L, symmetric and with rows of sum 0.
        mass: the diagonal of M: 1 for a graph, areas for a mesh.
        start: u(0), one column for each sample.
        time: t.

    Example:
        >>> path = np.array([[1.0, -1], [-1, 1]])
        >>> heat_on_graph(path, np.ones(2), np.array([[1.0], [0.0]]), 50.0).round(6).tolist()
        [[0.5], [0.5]]

    When it fails: it is dense, of the order of n^3: meant for a few thousand nodes.
    """
    values, modes, root = _modes(laplacian, mass)
    return modes @ (np.exp(-values * time)[:, None] * (modes.T @ (root * start))) / root


def waves_on_graph(
    laplacian: Float[np.ndarray, "n n"],
    mass: Float[np.ndarray, " n"],
    start: Float[np.ndarray, "n samples"],
    velocity: Float[np.ndarray, "n samples"],
    time: float,
) -> tuple[Float[np.ndarray, "n samples"], Float[np.ndarray, "n samples"]]:
    """The solution u, u' of M u'' = -L u, mode by mode: a cos(w t) + b sin(w t) / w with w^2 the eigenvalue.

    Args:
        laplacian: L, as in `heat_on_graph`.
        mass: the diagonal of M.
        start: u(0), one column for each sample.
        velocity: u'(0).
        time: t.

    Example:
        >>> path = np.array([[1.0, -1], [-1, 1]])
        >>> u, v = waves_on_graph(path, np.ones(2), np.array([[1.0], [-1.0]]), np.zeros((2, 1)), np.pi / 2**0.5)
        >>> u.round(6).tolist()
        [[-1.0], [1.0]]
    """
    values, modes, root = _modes(laplacian, mass)
    a, b = (modes.T @ (root * part) for part in (start, velocity))
    w = np.sqrt(np.maximum(values, 0))[:, None]
    sine = time * np.sinc(w * time / np.pi)  # sin(w t) / w, and t where w is 0
    u = a * np.cos(w * time) + b * sine
    v = b * np.cos(w * time) - a * w**2 * sine
    return modes @ u / root, modes @ v / root


def advection_on_graph(
    rates: Float[np.ndarray, "n n"],
    mass: Float[np.ndarray, " n"],
    start: Float[np.ndarray, "n samples"],
    time: float,
) -> Float[np.ndarray, "n samples"]:
    """The solution of m_i u_i' = sum over j of r_ji u_j - r_ij u_i, by SciPy's matrix exponential.

    What leaves a node arrives at another, so that the sum of m_i u_i stays.

    Args:
        rates: r_ij >= 0, how much goes from i to j in a unit of time for u_i = 1; upwind fluxes are such rates.
        mass: m.
        start: u(0), one column for each sample.
        time: t.

    Example:
        >>> one_way = np.array([[0.0, 1], [0, 0]])
        >>> advection_on_graph(one_way, np.ones(2), np.array([[1.0], [0.0]]), 50.0).round(6).tolist()
        [[0.0], [1.0]]
    """
    from scipy.linalg import expm

    generator = (rates.T - np.diag(rates.sum(1))) / mass[:, None]
    return expm(time * generator) @ start


def _modes(
    laplacian: Float[np.ndarray, "n n"], mass: Float[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, "n n"], Float[np.ndarray, "n 1"]]:
    root = np.sqrt(mass)[:, None]
    values, modes = np.linalg.eigh(laplacian / (root * root.T))
    return values, modes, root
