"""Closed-form optima of linear reconstruction: what the learned maps must reach, from first and second moments."""

import equinox as eqx
import numpy as np
import scipy.linalg
from jaxtyping import Float

Matrix = Float[np.ndarray, "_ _"]
Vector = Float[np.ndarray, " _"]


class Moments(eqx.Module):
    """Means and covariances of the pair (x, y), y = A x + noise, over a distribution of pictures.

    The pictures are those of the training set, each as likely; the noise is white of variance `noise**2` and
    independent of them. So the moments are exact, and errors under them are population errors:

        C_yx = A C_xx,   C_yy = A C_xx A' + noise^2 I.

    Shapes:
        x has n entries, y has m. Everything is float64 on the host: these are oracles, not part of a map.

    Example:
        >>> import numpy as np
        >>> moments = Moments.of(np.eye(2), np.array([[1.0, 0.0], [-1.0, 0.0]]), noise=0.5)
        >>> moments.C_yy
        array([[1.25, 0.  ],
               [0.  , 0.25]])
    """

    mean_x: Vector
    mean_y: Vector
    C_xx: Matrix
    C_yx: Matrix
    C_yy: Matrix

    @classmethod
    def of(cls, A: Matrix, pictures: Matrix, noise: float) -> "Moments":
        """The moments for the dense operator `A (m, n)` and pictures `(number, n)`."""
        A, x = np.asarray(A, np.float64), np.asarray(pictures, np.float64)
        mean = x.mean(0)
        C_xx = (x - mean).T @ (x - mean) / len(x)
        C_yx = A @ C_xx
        C_yy = C_yx @ A.T + noise**2 * np.eye(len(A))
        return cls(mean, A @ mean, C_xx, C_yx, C_yy)

    def error(self, B: Matrix, offset: Vector | None = None) -> float:
        """E |B (y - mean_y) + mean_x + offset - x|^2 = tr C_xx - 2 tr(B C_yx) + tr(B C_yy B') + |offset|^2."""
        B = np.asarray(B, np.float64)
        bias = 0.0 if offset is None else float(np.sum(np.asarray(offset, np.float64) ** 2))
        return float(np.trace(self.C_xx) - 2 * np.sum(B.T * self.C_yx) + np.sum((B @ self.C_yy) * B) + bias)

    def spectrum(self, U: Matrix, s: Vector, Vt: Matrix, noise: float) -> tuple[Vector, Vector]:
        """`(Pi, Delta)`: the mean squares of <x - mean_x, v_n>, and of the noise's coefficient <eta, u_n>."""
        Vt = np.asarray(Vt, np.float64)
        return np.sum((Vt @ self.C_xx) * Vt, axis=1), np.full(len(s), noise**2)


def wiener(s: Vector, signal: Vector, noise: Vector) -> Vector:
    """The best diagonal Sigma for fixed U, V: the Wiener filter [@wiener1949].

        g_n = s_n Pi_n / (s_n^2 Pi_n + Delta_n)

    It minimises E |g_n (s_n p_n + nu_n) - p_n|^2 for every n, where Pi_n = E p_n^2 and Delta_n = E nu_n^2.

    Example:
        >>> import numpy as np
        >>> wiener(np.array([2.0]), np.array([1.0]), np.array([4.0]))
        array([0.25])
    """
    s, signal, noise = (np.asarray(a, np.float64) for a in (s, signal, noise))
    return s * signal / (s**2 * signal + noise)


def best_sigma(moments: Moments, U: Matrix, Vt: Matrix) -> Matrix:
    """The best full Sigma for fixed U, V, by least squares: `E[p q'] E[q q']^-1` with p = V'x, q = U'y, centred.

    Shapes:
        `U (m, k)`, `Vt (k, n)`; returns `(k, k)`.

    Example:
        >>> import numpy as np
        >>> moments = Moments.of(2 * np.eye(2), np.array([[1.0, 0.0], [-1.0, 0.0]]), noise=2.0)
        >>> best_sigma(moments, np.eye(2), np.eye(2))
        array([[0.25, 0.  ],
               [0.  , 0.  ]])
    """
    U, Vt = np.asarray(U, np.float64), np.asarray(Vt, np.float64)
    pq = Vt @ moments.C_yx.T @ U
    qq = U.T @ moments.C_yy @ U
    return scipy.linalg.solve(qq, pq.T, assume_a="pos").T


class ReducedRank(eqx.Module):
    """The best linear maps of every rank at once: reduced-rank regression [@izenman1975].

    With `C_yy = L L'` and the SVD `C_xy L^-T = P diag(r) Q'`, the best map of rank k is
    `B_k = P_k diag(r_k) Q_k' L^-1`, its error `tr C_xx - r_1^2 - ... - r_k^2`; at full rank it is the linear
    minimum mean square error estimator.

    Example:
        >>> import numpy as np
        >>> pictures = np.array([[2.0, 1.0], [-2.0, 1.0], [2.0, -1.0], [-2.0, -1.0]])
        >>> best = ReducedRank.of(Moments.of(np.eye(2), pictures, noise=1e-6))
        >>> best.errors().round(6)   # nothing, the larger direction, both
        array([5., 1., 0.])
    """

    P: Matrix
    r: Vector
    Qt: Matrix
    L: Matrix
    total: float

    @classmethod
    def of(cls, moments: Moments) -> "ReducedRank":
        """From the moments, by one Cholesky factorisation and one SVD."""
        L = np.linalg.cholesky(moments.C_yy)
        P, r, Qt = np.linalg.svd(scipy.linalg.solve_triangular(L, moments.C_yx, lower=True).T, full_matrices=False)
        return cls(P, r, Qt, L, float(np.trace(moments.C_xx)))

    def map(self, rank: int) -> Matrix:
        """B_k, of shape (n, m)."""
        inner = scipy.linalg.solve_triangular(self.L, self.Qt[:rank].T, lower=True, trans=1)
        return (self.P[:, :rank] * self.r[:rank]) @ inner.T

    def errors(self) -> Vector:
        """The population error E |x_k - x|^2 for ranks 0, 1, 2, ..."""
        return self.total - np.concatenate([[0.0], np.cumsum(self.r**2)])
