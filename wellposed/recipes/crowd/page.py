"""The sections of a page about solved games."""

from typing import Any

import numpy as np

from wellposed.metrics import Interval
from wellposed.report import Animation, Cell, Column, Item, Picture, Section, Table, curves

from .drawing import densities, moving, value_function, ways
from .record import certificate_metrics, grid_metrics
from .solve import Solved


def costs(found: Solved, text: str) -> Section:
    """The table of what the crowds pay, with the grid's optimum in the plane."""
    rows: list[tuple[Any, ...]] = [
        (
            f"learned, {d} dimensions",
            *(_cell(part) for part in (s.total, s.kinetic, s.running, s.terminal, s.hjb)),
            100 * found.portraits[d].bend,
            found.fits[d].seconds,
        )
        for d, s in found.settled.items()
    ]
    note = ""
    if found.grid is not None:
        g = grid_metrics(found)
        parts = (Cell(g["primal"], g["dual"], g["primal"]), g["kinetic"], g["running"], g["terminal"], None, None)
        rows.append((f"grid of {g['shape'][0]} x {g['shape'][1]} x {g['time_steps']}", *parts, found.seconds["grid"]))
        off = g["learned_above_grid_percent"]["mean"]
        note = (
            " On the grid the interval of the total reaches from the dual value, below which no crowd on this grid can "
            f"pay, to the primal one: a gap of {g['gap_percent_of_kinetic']:.2g} % of the kinetic energy. What the "
            f"learned crowd pays in the plane is {off:+.2f} % off the grid's optimum."
            + ("" if g["result"] == "successful" else f" The grid: {g['result']}")
        )
    length = float(found.unit.length)
    if length != 1:
        note += (
            f" Costs count lengths in units of {length:.4g}, half a standard deviation of both tables together; in the "
            f"tables' own units kinetic energies are {length**2:.4g} times as large."
        )
    if found.certificate is not None:
        note += _proved(certificate_metrics(found.certificate))
    columns = (
        "Crowd",
        Column("J", "", "none", 3, "The objective: the sum of the next three."),
        Column("kinetic", "", "none", 3),
        Column("running", "", "none", 3),
        Column("terminal", "", "none", 3),
        Column("HJB", "", "none", 3, "The mean of the absolute residual of the Hamilton-Jacobi-Bellman equation."),
        Column(
            "bend",
            "%",
            "none",
            1,
            "How much longer the ways are than the lines between their ends, in the first two dimensions.",
        ),
        Column("time", "s", "none", 0),
    )
    caption = "What the crowds pay, with 95 % intervals over agents that training has not seen."
    return Section("What it costs", text, [Table(columns, rows, caption + note), _training(found)])


def pictures(found: Solved, text: str) -> list[Section]:
    """Densities, ways, value function and the moving crowd, of the lowest and of the highest dimension."""
    shown = sorted(found.portraits)[:: max(1, len(found.portraits) - 1)]
    return [Section(f"The crowd in {d} dimensions", text if d == shown[0] else "", _of(found, d)) for d in shown]


def _of(found: Solved, d: int) -> list[Item]:
    portrait = found.portraits[d]
    heights = "." if portrait.obstacle is None else "; grey lines are heights of the obstacles."
    where = "" if d == 2 else " The section is the first two dimensions, where all others are zero."
    return [
        Picture(
            lambda: densities(portrait),
            f"The initial density, what the learned map makes of it, and the target.{where}",
            "Three maps of density; the second resembles the third.",
        ),
        Picture(
            lambda: ways(portrait),
            "The ways of 48 agents, seen in the first two dimensions" + heights,
            "Lines from the start to the end of each agent.",
        ),
        Picture(
            lambda: value_function(portrait),
            f"The value function Φ at three times; agents move down its slope.{where}",
            "Three maps with lines of equal height.",
        ),
        Animation(
            lambda: moving(portrait),
            "The crowd on its way; green lines are heights of the target.",
            "Dots move from the start to the target.",
            5.0,
        ),
    ]


def _proved(c: dict[str, float]) -> str:
    """The certificate in words."""
    return (
        " The learned potential also certifies itself, without the grid's optimum: its crowd pays "
        f"{c['primal']:.3f} there, and its own dual value says that no crowd can pay less than {c['dual']:.3f}. Of "
        f"that gap of {c['gap_percent_of_kinetic']:.1f} % of the kinetic energy, "
        f"{c['gap_on_support_percent_of_kinetic']:.1f} % would remain if only places counted where 99.9 % of the crowd "
        "is."
    )


def _training(found: Solved) -> Item:
    series = {}
    for d, fitted in found.fits.items():
        loss = np.asarray(fitted.history.terms["loss"])
        at = np.unique(np.geomspace(1, len(loss), 200).round().astype(int)) - 1
        series[f"{d} dimensions"] = (at + 1, loss[at])
    return Picture(
        lambda: curves(series, "training step", "objective and penalties", "log", "log"),
        "The loss over the training, each step on agents of its own.",
        "One falling curve for each number of dimensions.",
    )


def _cell(interval: Interval) -> Cell:
    return Cell(*interval[:3])
