"""Surfaces with colours that the reader can turn, side by side and all at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from wellposed.errors import InputError
from wellposed.report.item import Item
from wellposed.report.press import Press, escape

WIDTH, HEIGHT = 280, 380  # of a panel, in CSS pixels
_SIZE = 2.0  # of the surface, in units in which it fills the panel
AXES = ("xaxis", "yaxis", "zaxis")


@dataclass(frozen=True)
class Panel:
    """One coloured surface.

    Args:
        title: above it.
        values: at the vertices.
        label: of the colour bar, with the unit.
        limits: of the colours; None takes those of the values. Panels with the same label share one colour bar, and
            should share their limits.
        colours: name of a plotly colour scale.
    """

    title: str
    values: Float[np.ndarray, " vertices"]
    label: str
    limits: tuple[float, float] | None = None
    colours: str = "Viridis"


@dataclass(frozen=True)
class Surfaces(Item):
    """A triangulated surface in several colourings; to turn one turns all.

    Args:
        points: of the vertices.
        faces: the vertices of each triangle.
        panels: the colourings, from left to right.
        caption: what one sees, for a reader outside the project.
        alt: what it says, in words, for those who cannot see it.
        unit: of the points, shown where the reader points.

    Raises:
        ValueError: a panel has another number of values than there are points.
        InputError: on the page, plotly is not installed.

    Example:
        >>> points, faces = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]])
        >>> corner = Surfaces(points, faces, [Panel("height", np.zeros(3), "z (cm)")], "A corner.", "It is flat.")
        >>> "data-figure=" in corner.html(Press())
        True
    """

    points: Float[np.ndarray, "vertices 3"]
    faces: Int[np.ndarray, "faces 3"]
    panels: Sequence[Panel]
    caption: str
    alt: str
    unit: str = "cm"

    def __post_init__(self) -> None:
        for panel in self.panels:
            if len(panel.values) != len(self.points):
                raise ValueError(
                    f"Surfaces expects {len(self.points)} values, one for each point, found {len(panel.values)} in the "
                    f"panel '{panel.title}'"
                )

    def html(self, press: Press) -> str:
        """The surfaces with their number and caption as HTML; they are drawn by plotly, which the page carries once."""
        press.script(_plotly())
        press.script(_drawing())
        number = press.number("Figure")
        return (
            f'<figure class="picture" id="figure-{number}"><div class="scroll" tabindex="0" role="region" '
            f'aria-label="Figure {number}"><div class="surfaces" role="img" aria-label="{escape(self.alt)}" '
            f'style="width:{WIDTH * len(self.panels)}px;height:{HEIGHT}px" '
            f'data-figure="{escape(json.dumps(self._figure()))}"></div></div>'
            f"<figcaption>{press.caption('Figure', number, self.caption + ' Drag to turn, scroll to come nearer.')}"
            "</figcaption></figure>"
        )

    def _figure(self) -> dict:
        """Data and layout for plotly."""
        from plotly.graph_objects import Figure, Layout, Mesh3d

        names = ["scene" if k == 0 else f"scene{k + 1}" for k in range(len(self.panels))]
        share, last = 1 / len(self.panels), {panel.label: k for k, panel in enumerate(self.panels)}
        x, y, z = np.asarray(self.points, np.float32).T
        i, j, k = np.asarray(self.faces, np.int32).T
        traces, layout, titles = [], {}, []
        for place, (name, panel) in enumerate(zip(names, self.panels, strict=True)):
            low, high = panel.limits or (float(np.min(panel.values)), float(np.max(panel.values)))
            bar = {"title": {"text": panel.label, "side": "right"}, "thickness": 10, "len": 0.6}
            traces.append(
                Mesh3d(
                    x=x, y=y, z=z, i=i, j=j, k=k, scene=name,
                    intensity=np.asarray(panel.values, np.float32), cmin=low, cmax=high, colorscale=panel.colours,
                    showscale=last[panel.label] == place, colorbar=bar | {"x": share * (place + 1), "xanchor": "right"},
                    lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
                    hovertemplate=f"{panel.label}: %{{intensity:.3g}}<br>%{{x:.2f}}, %{{y:.2f}}, %{{z:.2f}} {self.unit}"
                    "<extra></extra>",
                )
            )  # fmt: skip
            domain = {"x": [share * place, share * (place + 0.78)], "y": [0, 0.93]}
            layout[name] = {"domain": domain, **_view(self.points), **{key: {"visible": False} for key in AXES}}
            titles.append(_title(panel.title, share * (place + 0.39)))
        layout |= {"annotations": titles, "margin": dict.fromkeys("lrtb", 0), "dragmode": "orbit"}
        layout |= {"paper_bgcolor": "rgba(0,0,0,0)", "width": WIDTH * len(self.panels), "height": HEIGHT}
        return json.loads(Figure(traces, Layout(layout, template="none")).to_json() or "{}")


def _title(text: str, x: float) -> dict:
    return {"text": text, "x": x, "y": 1.0, "showarrow": False, "xref": "paper", "yref": "paper", "yanchor": "top"}


def _view(points: np.ndarray) -> dict:
    """All of the surface, its longest direction standing up and its shortest along the sight."""
    centred = np.asarray(points, float) - np.mean(points, axis=0, keepdims=True)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    length = np.ptp(centred @ axes[0])
    at = lambda vector: dict(zip("xyz", vector.tolist(), strict=True))
    camera = {"projection": {"type": "orthographic"}, "up": at(axes[0]), "eye": at(2 * axes[2])}
    return {"camera": camera, "aspectmode": "manual", "aspectratio": at(_SIZE * np.ptp(centred, axis=0) / length)}


def _plotly() -> str:
    try:
        from plotly.offline import get_plotlyjs
    except ModuleNotFoundError:
        raise InputError("surfaces need plotly, which is not installed: pip install 'wellposed[mesh]'") from None
    return get_plotlyjs()


def _drawing() -> str:
    from pathlib import Path

    return (Path(__file__).parent / "surfaces.js").read_text(encoding="utf-8").strip()
