"""Feature maps of trained networks, of a sample and of the same sample moved: what moves, and how."""

from typing import TYPE_CHECKING, Any

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from wellposed.geometry import GroupCNN, SphericalCNN, from_sphere, sphere_points, to_sphere, widened
from wellposed.report import Row, image_grid
from wellposed.report.style import TEXT_WIDTH, VALUES

from .room import Room

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEED, FINE, MAPS = 2, 48, 2


def on_group(network: GroupCNN, room: Room) -> "Figure":
    """A picture, and one channel at each orientation; below, the same for the picture turned by a quarter."""
    picture = room.draw(SEED, 1, False).inputs[0]
    turned = np.rot90(picture)
    maps = [np.asarray(_features(network, x)) for x in (picture, turned)]
    channel = int(maps[0].max((0, 1)).std(0).argmax())  # the one that tells orientations apart most
    limits = 0.0, float(maps[0][..., channel].max())
    rows = []
    for name, x, features in zip(("picture", "turned"), (picture, turned), maps, strict=True):
        tiles = [(f"at {90 * k}°", features[..., k, channel]) for k in range(features.shape[2])]
        shown = np.asarray(x)[..., 0] / np.abs(picture).max() * limits[1]
        rows.append(Row([(name, shown), *tiles], limits, "activation"))
    return image_grid(rows)


def on_sphere(network: SphericalCNN, room: Room) -> "Figure":
    """A function on the sphere and channels of the last layer; below, the same for the function turned."""
    from matplotlib.figure import Figure

    samples = [room.draw(SEED, 1, moved).inputs[0] for moved in (False, True)]
    last = [_harmonics(network, f) for f in samples]
    channels = np.argsort(-last[0].std((0, 1)))[:MAPS]
    columns = [("function", [_smooth(from_sphere(f, network.band)) for f in samples], 0, "value")]
    columns += [(f"channel {channel + 1}", last, channel, "activation") for channel in channels]
    figure = Figure(figsize=(TEXT_WIDTH, 0.45 * TEXT_WIDTH), layout="constrained")
    axes = figure.subplots(2, len(columns), squeeze=False, subplot_kw={"projection": "mollweide"})
    longitude, latitude = _angles()
    for column, (title, both, channel, unit) in zip(axes.T, columns, strict=True):
        limits = [float(edge(of[..., channel])) for edge, of in ((np.min, both[0]), (np.max, both[0]))]
        drawn: Any = None
        for one, values, name in zip(column, both, (title, f"{title}, turned"), strict=True):
            drawn = one.pcolormesh(
                longitude,
                latitude,
                values[..., channel],
                cmap=VALUES,
                vmin=limits[0],
                vmax=limits[1],
                shading="gouraud",
                rasterized=True,  # as triangles the page would weigh 230 MB
            )
            one.set(xticks=[], yticks=[])
            one.set_title(name, fontsize=8.5, fontweight="normal", pad=3)
            one.grid(visible=False)
        figure.colorbar(drawn, ax=list(column), orientation="horizontal", shrink=0.8, aspect=24, pad=0.03, label=unit)
    return figure


def _angles() -> tuple[Any, Any]:
    """Longitude and latitude of the fine grid, longitude rising, the first one once more at the end."""
    points = sphere_points(FINE)
    longitude = np.sort(np.arctan2(points[0, :, 1], points[0, :, 0]))
    return np.append(longitude, longitude[0] + 2 * np.pi), np.arcsin(points[:, 0, 2])


def _smooth(x: Any) -> Float[np.ndarray, "rings points channels"]:
    """The function of some coefficients on the fine grid, in the order of `_angles`."""
    points = sphere_points(FINE)
    order = np.argsort(np.arctan2(points[0, :, 1], points[0, :, 0]))
    return np.asarray(to_sphere(widened(x, FINE), FINE))[:, np.append(order, order[0])]


@eqx.filter_jit
def _features(network: Any, x: Array) -> Array:
    return network.features(x)


def _harmonics(network: SphericalCNN, f: Array) -> Float[np.ndarray, "rings points channels"]:
    return _smooth(_features(network, f))
