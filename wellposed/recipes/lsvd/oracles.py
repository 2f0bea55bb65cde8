"""How far the learned linear maps are from their closed-form optima, over the training distribution."""

from typing import Any, NamedTuple

import numpy as np

from wellposed.inverse import Moments, ReducedRank, best_sigma, wiener

from .methods import Methods


class Optima(NamedTuple):
    """The closed forms, and the distances of the learned maps from them.

    Attributes:
        figures: plain numbers for the record; errors per pixel.
        errors: the optimum's error for ranks 0, 1, 2, ..., per pixel.
        best: the best map of the run's rank, as (matrix, mean datum, mean picture).
    """

    figures: dict[str, float]
    errors: np.ndarray
    best: tuple[np.ndarray, np.ndarray, np.ndarray]


def optima(methods: Methods, x: np.ndarray) -> Optima:
    """Compare; x are the training pictures. Only white Gaussian noise has these closed forms."""
    scanner, rank = methods.scanner, len(methods.sigma)
    std = float(scanner.noise.level * scanner.noise.rms)
    svd = scanner.svd
    U, s, Vt = (np.asarray(a, np.float64) for a in (svd.U, svd.s, svd.Vt))
    moments = Moments.of(np.asarray(scanner.operator.matrix), x.reshape(len(x), -1), std)
    pixels = moments.C_xx.shape[0]
    power, disturbance = moments.spectrum(U, s, Vt, std)
    g, weights = wiener(s, power, disturbance), s**2 * power + disturbance
    gains = np.asarray(methods.gains, np.float64)
    sigma, best = np.asarray(methods.sigma, np.float64), best_sigma(moments, U[:, :rank], Vt[:rank])
    reduced = ReducedRank.of(moments)
    spectral = lambda gains: moments.error((Vt.T * gains) @ U.T) / pixels
    classical = lambda a: _uncentred((Vt.T * (s / (s**2 + a))) @ U.T, moments) / pixels
    full = lambda sigma: moments.error(Vt[:rank].T @ sigma @ U[:, :rank].T) / pixels
    at_rank = reduced.errors()[rank] / pixels
    learned = {name: moments.error(_matrix(model)) / pixels for name, model in (("c", methods.c), ("d", methods.d))}
    figures = {
        "rank": rank,
        "singular_values": len(s),
        "tikhonov_error": classical(float(methods.alpha)),
        "best_tikhonov_error": min(map(classical, np.geomspace(1e-5, 1e-1, 33))),
        "centred_tikhonov_error": spectral(s / (s**2 + float(methods.alpha_centred))),
        "wiener_error": spectral(g),
        "b_diagonal_error": spectral(gains),
        "b_diagonal_distance_from_wiener": float(np.sqrt(np.sum(weights * (gains - g) ** 2) / np.sum(weights * g**2))),
        "least_squares_sigma_error": full(best),
        "b_full_error": full(sigma),
        "b_full_over_optimum": full(sigma) / full(best),
        "reduced_rank_error": at_rank,
        "affine_error": reduced.errors()[-1] / pixels,
        **{f"{name}_error": error for name, error in learned.items()},
        **{f"{name}_over_optimum": error / at_rank for name, error in learned.items()},
    }
    return Optima(
        {name: float(figure) for name, figure in figures.items()},
        reduced.errors() / pixels,
        (reduced.map(rank), moments.mean_y, moments.mean_x),
    )


def _uncentred(B: np.ndarray, moments: Moments) -> float:
    """The error of x = B y, which knows no means."""
    return moments.error(B, B @ moments.mean_y - moments.mean_x)


def _matrix(model: Any) -> np.ndarray:
    parts = (model.decode_signal.weight, model.sigma, model.encode_data.weight)
    first, sigma, last = (np.asarray(part, np.float64) for part in parts)
    return first @ (sigma @ last)
