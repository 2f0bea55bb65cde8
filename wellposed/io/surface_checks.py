"""What a triangulated surface must be for the methods on it: repaired, or refused in a sentence."""

from collections.abc import Mapping

import numpy as np

from wellposed.errors import InputError

Checked = tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], tuple[str, ...]]
FLAT = 1e-12  # a face of less than this part of its longest edge squared has no normal


def checked(
    points: np.ndarray,
    triangles: np.ndarray,
    fields: Mapping[str, np.ndarray],
    name: str,
    extent: tuple[float, float] | None = None,
) -> Checked:
    """Points, triangles, fields and notes after removing degenerate faces and isolated vertices.

    Raises:
        InputError: numbers that are not finite, indices outside, edges of more than two faces, no face that is left,
            or an extent outside what is plausible.
    """
    _refuse_wrong_arrays(points, triangles, fields, name)
    triangles, notes = _without_flat_faces(points, triangles, name)
    _refuse_branching_edges(triangles, name)
    _refuse_mixed_orders(triangles, name)
    used = np.unique(triangles)
    if len(used) < len(points):
        notes.append(f"{len(points) - len(used)} isolated vertices were removed")
        new = np.full(len(points), -1)
        new[used] = np.arange(len(used))
        points, triangles = points[used], new[triangles]
        fields = {key: np.asarray(values)[used] for key, values in fields.items()}
    _refuse_wrong_extent(points, extent, name)
    return points, triangles, dict(fields), tuple(notes)


def _refuse_mixed_orders(triangles: np.ndarray, name: str) -> None:
    """Two faces run along their common edge in opposite directions if both are counterclockwise seen from outside."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    twice = len(edges) - len(np.unique(edges, axis=0))
    if twice:
        raise InputError(
            f"{name}: expected faces that are all counterclockwise seen from outside, found {twice} edges along which "
            "two faces are not: make the normals consistent"
        )


def _refuse_wrong_arrays(
    points: np.ndarray, triangles: np.ndarray, fields: Mapping[str, np.ndarray], name: str
) -> None:
    if points.ndim != 2 or points.shape[1] != 3 or triangles.ndim != 2 or triangles.shape[1] != 3:
        raise InputError(
            f"{name}: expected points (vertices, 3) and triangles (faces, 3), found shapes {points.shape} and "
            f"{triangles.shape}: write the surface anew"
        )
    if not len(triangles):
        raise InputError(f"{name}: expected triangles, found none: write its surface as triangles")
    if triangles.min() < 0 or triangles.max() >= len(points):
        raise InputError(
            f"{name}: expected vertex indices from 0 to {len(points) - 1}, found {triangles.min()} to "
            f"{triangles.max()}: the file is damaged, or counts from 1"
        )
    for what, values in (("positions", points), *((f"the field '{key}'", v) for key, v in fields.items())):
        values = np.asarray(values)
        if len(values) != len(points):
            raise InputError(f"{name}: expected {what} for {len(points)} vertices, found {len(values)}")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            bad = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(1))
            raise InputError(
                f"{name}: expected finite numbers in {what}, found NaN or infinity at {len(bad)} vertices, the first "
                f"is {bad[0]}: mend or remove them"
            )


def _without_flat_faces(points: np.ndarray, triangles: np.ndarray, name: str) -> tuple[np.ndarray, list[str]]:
    a, b, c = points[triangles].swapaxes(0, 1)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    longest = np.max([np.sum((b - a) ** 2, 1), np.sum((c - b) ** 2, 1), np.sum((a - c) ** 2, 1)], axis=0)
    good = area > FLAT * longest
    if not good.any():
        raise InputError(f"{name}: expected faces with an area, found {len(good)} degenerate ones: write it anew")
    removed = int((~good).sum())
    return triangles[good], [f"{removed} degenerate faces were removed"] if removed else []


def _refuse_branching_edges(triangles: np.ndarray, name: str) -> None:
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    if count.max() > 2:
        first = unique[np.argmax(count > 2)].tolist()
        raise InputError(
            f"{name}: expected a surface whose edges have one or two faces, found {int((count > 2).sum())} edges with "
            f"more, the first between the vertices {first}: remove inner walls and double faces"
        )


def _refuse_wrong_extent(points: np.ndarray, extent: tuple[float, float] | None, name: str) -> None:
    if extent is None:
        return
    found = float(np.linalg.norm(np.ptp(points, axis=0)))
    low, high = extent
    if not low <= found <= high:
        factor = {0.1: "mm", 100.0: "m"}
        guess = next((u for f, u in factor.items() if low <= found * f <= high), None)
        way = f"its unit seems to be {guess}, so say so" if guess else "scale it"
        raise InputError(f"{name}: expected an extent of {low:g} to {high:g} cm, found {found:.3g}: {way}")
