"""Errors of vector fields on meshes, as wall shear stress is judged by."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float

Field = Float[Array | np.ndarray, "_ k"]
Mask = Bool[Array | np.ndarray, " _"]


class FieldErrors(NamedTuple):
    """Errors of predicted fields, one value for each mesh.

    Attributes:
        nmae: mean of |y - p| over the vertices, over the largest |y| of all meshes.
        epsilon: (sum |y - p|^2 / sum |y|^2)^1/2 over the vertices.
        largest: max |y - p|, in the unit of the field.
        mean: mean |y - p|, in the unit of the field.
        cosine: mean over the vertices of the cosine of the angle between y and p; 0 where either is nil.
    """

    nmae: Float[np.ndarray, " meshes"]
    epsilon: Float[np.ndarray, " meshes"]
    largest: Float[np.ndarray, " meshes"]
    mean: Float[np.ndarray, " meshes"]
    cosine: Float[np.ndarray, " meshes"]


def field_errors(true: Sequence[Field], predicted: Sequence[Field], masks: Sequence[Mask] | None = None) -> FieldErrors:
    """The errors by which stress on artery walls is judged [@suk2022].

    Args:
        true: y, the field on each mesh.
        predicted: p, likewise.
        masks: which vertices count, on each mesh; all by default. The largest |y| by which `nmae` is divided is that
            of all vertices of all meshes.

    Shapes:
        `(vertices, k)` each, with as many vertices as the mesh has.

    Raises:
        ValueError: there are no meshes, shapes do not fit, or a mask leaves no vertex.

    Example:
        >>> errors = field_errors([np.array([[3.0, 4.0], [0.0, 10.0]])], [np.array([[3.0, 4.0], [0.0, 8.0]])])
        >>> [round(float(e[0]), 3) for e in errors]
        [0.1, 0.179, 2.0, 1.0, 1.0]
    """
    if not true or len(true) != len(predicted):
        raise ValueError(f"field_errors expects as many fields as predictions, got {len(true)} and {len(predicted)}.")
    ys = [np.asarray(y, np.float64) for y in true]
    masks = [np.ones(len(y), bool) for y in ys] if masks is None else masks
    scale = max(float(np.linalg.norm(y, axis=1).max()) for y in ys)
    rows = [
        _of_one(i, y, np.asarray(p, np.float64), np.asarray(m))
        for i, (y, p, m) in enumerate(zip(ys, predicted, masks, strict=True))
    ]
    epsilon, largest, mean, cosine = np.array(rows).T
    return FieldErrors(mean / scale, epsilon, largest, mean, cosine)


def _of_one(i: int, y: np.ndarray, p: np.ndarray, mask: np.ndarray) -> tuple[float, float, float, float]:
    """epsilon, largest, mean and cosine of one mesh."""
    if y.shape != p.shape or mask.shape != y.shape[:1]:
        raise ValueError(
            f"field_errors: mesh {i} has a field of {y.shape}, a prediction of {p.shape} and a mask of {mask.shape}."
        )
    if not mask.any():
        raise ValueError(f"field_errors: the mask of mesh {i} leaves no vertex.")
    y, p = y[mask], p[mask]
    delta = np.linalg.norm(y - p, axis=1)
    lengths = np.linalg.norm(y, axis=1), np.linalg.norm(p, axis=1)
    product = lengths[0] * lengths[1]
    cosine = np.sum(y * p, axis=1) / np.where(product > 0, product, 1)
    epsilon = float(np.sqrt(np.sum(delta**2) / np.sum(lengths[0] ** 2)))
    return epsilon, float(delta.max()), float(delta.mean()), float(cosine.mean())
