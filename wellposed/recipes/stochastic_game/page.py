"""The page of a run."""

import numpy as np

from wellposed.report import Animation, Cell, Column, Headline, Item, Page, Picture, Section, Table, curves

from .drawing import agents, densities, environment, gaps, heights, moving, values
from .obstacle import Crossing, cost_interval
from .run import Findings

STEPS_TEXT = (
    "Each agent moves by dx = v dt + sqrt(2 ν) dW and pays |v|²/2 and the obstacle on its way, and the squared "
    "distance from its target at the end. *First* a neural SDE, a residual network with noise in each layer, "
    "learns a velocity from the costs of its own paths. *Then* a network φ with the exact terminal condition is "
    "fitted to the Hamilton-Jacobi-Bellman equation by Levenberg-Marquardt, along those paths and all over space "
    "and time; its policy is v = -∇φ. Circles are starts and squares ends."
)
GAP_TEXT = (
    "The *primal* value is what the policy -∇φ costs, with the density of a Fokker-Planck solve on a grid. The "
    "*dual* value is ∫φ(0)ρ₀ less the largest residual of the equation, as an inequality, over the whole plane, "
    "summed over slabs of time: by integration by parts no policy can cost less. The distance between the two "
    "bounds how far from optimal the policy is; it is given in percent of the kinetic cost. The largest residual is "
    "that of many samples and of climbs from the worst of them, in five independent searches; the table also has the "
    "gap with the largest of all times in place of each slab's own. The grid solver's own primal and dual values stand "
    "beside; they carry its "
    "cells' error."
)
APAC_TEXT = (
    "Two networks play against each other: φ with φ(T) = Ψ, and a generator G that leaves ρ₀ where it is at t = 0"
    " [@lin2021]. Agents have Hamiltonians of their own, and pay for company and obstacles. There is no bound "
    "here, only the residual of the equation, and what agents pay who follow φ with noise, before training and "
    "after: before it φ is nearly Ψ, whose slope already points at the target. The equation is asked for along the "
    "generator and, other than in the paper, where agents pass who follow φ."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    sections = []
    s = found.settings
    if found.crossings:
        pictures: list[Item] = [
            Picture(
                lambda: agents(found.crossings, s.height),
                "Paths past the obstacle (contours of its cost).",
                "Agents part around an obstacle, more of them scattered at the high diffusivity.",
            ),
            Animation(
                lambda: moving(found.crossings, s.height),
                "The crowd that follows the value function, from the circle towards the square.",
                "Points that move down past the obstacle.",
            ),
            *(_density(of, name, s.height) for name, of in found.crossings.items()),
            Picture(
                lambda: values(found.crossings, s.height),
                "The value function at three times, clipped at the top of the scale.",
                "A bowl about the target, with a hill above the obstacle.",
            ),
        ]
        sections = [
            Section("Primal and dual", GAP_TEXT, [_gap_picture(found), _bounds(found)]),
            Section("The crowd", STEPS_TEXT, pictures),
        ]
    if found.played:
        sections.append(Section("APAC-Net", APAC_TEXT, _apac(found)))
    return Page("Stochastic mean-field games", _lead(found), sections, _headlines(found))


def _lead(found: Findings) -> str:
    if not found.crossings:
        return "Crowds with noise, whose value function and generator are learned as a game of two networks [@lin2021]."
    low, high = (of.nu for of in found.crossings.values())
    return (
        f"A crowd with noise passes an obstacle, at a low (ν = {low:g}) and at a high diffusivity (ν = {high:g}). Its "
        "value function is a network that comes with a *bound*: how far its policy can be from the best of all."
    )


def _headlines(found: Findings) -> list[Headline]:
    lines = [
        Headline(f"Gap, {name} diffusivity", 100 * float(of.last.relative_gap), "%", "of the kinetic cost; a bound", 2)
        for name, of in found.crossings.items()
    ]
    for name, of in found.played.items():
        lines.append(
            Headline(f"{name}, distance", of.distance, "", f"at the end; {of.distance_at_start:.2f} before", 2)
        )
    return lines


def _gap_picture(found: Findings) -> Item:
    return Picture(
        lambda: gaps(found.crossings),
        "Above, primal and dual values over the training of the value function; below, the gap between them.",
        "The two values meet, and the gap falls.",
    )


def _bounds(found: Findings) -> Table:
    def cell(costs: np.ndarray) -> Cell:
        interval = cost_interval(costs)
        return Cell(interval["mean"], interval["low"], interval["high"])

    rows = []
    for name, of in found.crossings.items():
        rows.append(
            (
                f"{name}, ν = {of.nu:g}",
                float(of.last.primal),
                float(of.last.dual),
                float(of.last.kinetic),
                float(of.last.residual),
                100 * float(of.last.relative_gap),
                100 * float((of.last.primal - of.last.dual_uniform) / of.last.kinetic),
                100 * float(of.solved.relative_gap),
                float(of.solved.primal),
                cell(of.followed),
                cell(of.generated),
            )
        )
    columns = (
        "Diffusivity",
        Column("primal", "", "none", 4),
        Column("dual", "", "none", 4),
        Column("kinetic", "", "none", 3),
        Column("largest residual", "", "none", 4),
        Column("gap", "%", "none", 2),
        Column("gap, largest of all times", "%", "none", 2),
        Column("grid's own gap", "%", "none", 2),
        Column("grid's primal", "", "none", 4),
        Column("policy, by paths", "", "none", 3),
        Column("neural SDE, by paths", "", "none", 3),
    )
    return Table(
        columns,
        rows,
        "Values after training; the gap is in percent of the kinetic cost. The last two columns are means over "
        f"{len(next(iter(found.crossings.values())).followed)} paths with 95 % intervals.",
    )


def _density(of: Crossing, name: str, height: float) -> Item:
    return Picture(
        lambda: densities(of, height),
        f"The density of the policy at {name} diffusivity, ν = {of.nu:g}, by the Fokker-Planck solve.",
        "A blob that moves down past the obstacle.",
    )


def _apac(found: Findings) -> list[Item]:
    items: list[Item] = [_costs(found), _residuals(found)]
    for name, of in found.played.items():
        text = f"{name}: paths in the first two coordinates, over the obstacle (grey); right, φ at time 0."
        items.append(Picture(lambda of=of: environment(of), text, "Paths that pass the obstacle towards the target."))
        if of.paths.shape[-1] == 12:
            what = f"{name}: the place of quadcopters that follow φ, over time; dashed, the target."
            items.append(Picture(lambda of=of: heights(of), what, "Three panels of curves over time."))
    return items


def _costs(found: Findings) -> Table:
    rows = [
        (
            name,
            str(of.paths.shape[-1]),
            of.before,
            of.after,
            of.distance_at_start,
            of.distance,
            float(of.residuals[: max(1, len(of.residuals) // 10)].mean()),
            float(of.residuals[-max(1, len(of.residuals) // 10) :].mean()),
        )
        for name, of in found.played.items()
    ]
    columns = (
        "Environment",
        "d",
        Column("J before", "", "none", 3),
        Column("J after", "", "none", 3),
        Column("distance at the start", "", "none", 3),
        Column("distance at the end", "", "none", 3),
        Column("residual, first tenth", "", "none", 3),
        Column("residual, last tenth", "", "none", 3),
    )
    return Table(
        columns, rows, "Agents who follow φ, and the residual of the equation (root mean square over batches)."
    )


def _residuals(found: Findings) -> Item:
    series = {}
    for name, of in found.played.items():
        parts = np.array_split(of.residuals, min(60, len(of.residuals)))
        series[name] = (np.cumsum([len(part) for part in parts]), [part.mean() for part in parts])
    return Picture(
        lambda: curves(series, "training step", "residual of the equation", "linear", "log"),
        "The residual of the Hamilton-Jacobi-Bellman equation along the generator, root mean square of batches.",
        "One falling curve for each environment.",
    )
