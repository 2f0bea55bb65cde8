"""The page of the run."""

from typing import TYPE_CHECKING

import numpy as np

from wellposed.report import Column, Headline, Page, Picture, Section, Table, curves
from wellposed.report.style import ERRORS, MAGNITUDES, TEXT_WIDTH

from .run import CLEAN, FORWARD, NOISY, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("The solution", _solution_text(found), [_fields(found), _profiles(found)]),
        Section("The coefficients from measurements", _inverse_text(found), [_coefficients(found), _paths(found)]),
        Section("Training", TRAINING, [_losses(found)]),
    ]
    return Page("Burgers' equation by a physics-informed network", _lead(found), sections, _headlines(found))


TRAINING = (
    "Damped Gauss-Newton steps with the whole Jacobian in double precision. The points at which the equation is asked "
    "for are drawn anew from time to time, more of them where it is violated, so the loss jumps there."
)


def _lead(found: Findings) -> str:
    settings = found.settings
    where = (
        "the exact solution by the Cole-Hopf transformation"
        if settings.data is None
        else f"the solution in {settings.data.name}, which is {found.reference.exact:.1e} away from the exact one"
    )
    return (
        f"A network u(t, x) of {settings.depth} layers of {settings.width} tanh neurons is trained so that "
        f"u_t + u u_x = ν u_xx with ν = {settings.viscosity:.6f} holds at points [@raissi2019]; it is compared with "
        f"{where}."
    )


def _headlines(found: Findings) -> list[Headline]:
    worst = {name: max(found.coefficient_errors(name).values()) for name in found.inverse}
    noise = f"with {100 * found.settings.noise:g} % noise"
    return [
        Headline("Forward error", found.error(FORWARD), "", "relative, over the whole grid"),
        Headline("Coefficients", worst[CLEAN], "%", "the larger error, from measurements without noise"),
        Headline("Coefficients, noise", worst[NOISY], "%", f"the larger error, {noise}"),
    ]


def _solution_text(found: Findings) -> str:
    return (
        f"The forward problem is given the equation, u(0, x) = -sin(πx) and u(t, ±1) = 0. Its relative error is "
        f"{found.error(FORWARD):.2e}; the largest error at a point is "
        f"{np.abs(found.u[FORWARD] - found.reference.u).max():.2e}."
    )


def _fields(found: Findings) -> Picture:
    truth, ours = found.reference.u.T, found.u[FORWARD].T
    largest = float(np.abs(ours - truth).max())

    def draw() -> "Figure":
        from matplotlib.figure import Figure

        figure = Figure(figsize=(TEXT_WIDTH, 2.6), layout="constrained")
        panels = figure.subplots(1, 3, sharey=True)
        ts, xs = found.reference.ts, found.reference.xs
        extent = (float(ts[0]), float(ts[-1]), float(xs[0]), float(xs[-1]))
        for axes, (title, image, limit, colours) in zip(
            panels,
            (
                ("reference", truth, 1.0, MAGNITUDES),
                ("network", ours, 1.0, MAGNITUDES),
                ("error", ours - truth, largest, ERRORS),
            ),
            strict=True,
        ):
            drawn = axes.imshow(image, colours, origin="lower", aspect="auto", vmin=-limit, vmax=limit, extent=extent)
            axes.set_title(title, fontsize=9, fontweight="normal")
            axes.set_xlabel("t")
            axes.grid(visible=False)
            if title != "reference":
                figure.colorbar(drawn, ax=axes, label="u" if title == "network" else "error")
        panels[0].set_ylabel("x")
        return figure

    return Picture(
        draw,
        "u over time and place: the reference, the network's forward solution, and their difference.",
        f"The largest error is {largest:.1e}.",
    )


def _profiles(found: Findings) -> Picture:
    ts, xs = found.reference.ts, found.reference.xs
    rows = [int(np.abs(ts - t).argmin()) for t in (0.25, 0.5, 0.75)]
    series = {f"t = {ts[k]:.2f}": (xs, np.abs(found.u[FORWARD][k] - found.reference.u[k]) + 1e-16) for k in rows}
    return Picture(
        lambda: curves(series, "x", "|error|", y_scale="log"),
        "The error along x at three times; the shock stands at x = 0.",
        f"The largest error at any time is {np.abs(found.u[FORWARD] - found.reference.u).max():.1e}.",
    )


def _inverse_text(found: Findings) -> str:
    settings = found.settings
    return (
        f"The inverse problem is given {settings.measurements} values of u at random times and places, and the form "
        f"u_t + c u u_x = ν u_xx; c and ν are learned with the network, from a start far away. "
        f"The second time the values have noise of {100 * settings.noise:g} % of their standard deviation."
    )


def _coefficients(found: Findings) -> Table:
    rows: list[tuple] = [("truth", 1.0, found.settings.viscosity, None, None, None)]
    for name, of in found.inverse.items():
        errors = found.coefficient_errors(name)
        c, nu = float(of.model.advection), float(of.model.viscosity)
        rows.append((name, c, nu, errors["advection"], errors["viscosity"], found.error(name)))
    columns = (
        "Problem",
        Column("c", decimals=5),
        Column("ν", decimals=7),
        Column("Error of c", "%", "min", 4),
        Column("Error of ν", "%", "min", 4),
        Column("Relative error of u"),
    )
    return Table(columns, rows, "The coefficients that the network learned beside its solution.")


def _paths(found: Findings) -> Picture:
    truth = np.array([1.0, found.settings.viscosity])
    series = {}
    for name, of in found.inverse.items():
        off = np.abs(np.asarray(of.coefficients) / truth[None] - 1) + 1e-16
        steps = np.arange(1, len(off) + 1)
        series |= {f"c, {name}": (steps, off[:, 0]), f"ν, {name}": (steps, off[:, 1])}
    return Picture(
        lambda: curves(series, "step", "relative error", y_scale="log"),
        "How the coefficients find their values.",
        "The relative errors of both coefficients against the step.",
    )


def _losses(found: Findings) -> Picture:
    series = {
        name: (np.arange(1, len(of.losses) + 1), np.asarray(of.losses))
        for name, of in {FORWARD: found.forward, **found.inverse}.items()
    }
    return Picture(
        lambda: curves(series, "step", "loss", y_scale="log"),
        "The sum of the mean squares of the equation and, weighted, of the known values.",
        f"The forward problem ends at {float(found.forward.losses[-1]):.1e}.",
    )
