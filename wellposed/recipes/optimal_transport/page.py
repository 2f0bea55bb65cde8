"""The page of a run."""

from collections.abc import Mapping

from wellposed.recipes.crowd.page import costs, pictures
from wellposed.recipes.crowd.record import grid_metrics
from wellposed.recipes.crowd.solve import Solved
from wellposed.report import Cell, Column, Headline, Page, Section, Table

from .oracle import Oracle
from .settings import Settings
from .static import Static

COSTS_TEXT = (
    "Transport as a game without running costs: J is the kinetic energy with its weight, and the Kullback-Leibler "
    "divergence from the target with its own. A heavier divergence would come nearer to the target and cost more "
    "[@ruthotto2020mfg]. The grid solves the same problem by a splitting [@benamou2000]."
)
PICTURES_TEXT = "Where transport is optimal the ways are straight, and each is walked at a constant speed."
ORACLE_TEXT = (
    "From N(0, I) to a normal density with another mean and other variances: here both the optimum of the penalised "
    "problem and the distance of Wasserstein have closed forms. The weight of the divergence grows from stage to "
    "stage; a single soft one stops short of the target, and its kinetic energy below the distance. This tests loss "
    "and potential under a training of its own: a start near quadratic potentials, SOAP, and batches of samples whose "
    "mean and covariance are those of the density."
)
PLAN_TEXT = (
    "Between samples the problem is linear programming; the entropic plan [@cuturi2022] costs a little more than the "
    "squared distance of Wasserstein, and its dual variables bound that from below. Samples are further from each "
    "other than the densities that they are drawn from, the more so in many dimensions."
)


def page(settings: Settings, found: Solved, oracles: Mapping[int, Oracle], plans: Mapping[int, Static]) -> Page:
    """Everything that was found."""
    between = "the two tables" if settings.source else "eight Gaussians and one"
    lead = (
        f"The cheapest way to turn one density into another: between {between}, in "
        f"{', '.join(str(d) for d in found.settled)} dimensions. A potential of width {settings.width} is learned "
        "whose gradient is the velocity; its optimum is held against a grid, closed forms, and a plan between samples."
    )
    sections = [costs(found, COSTS_TEXT), *pictures(found, PICTURES_TEXT)]
    if oracles:
        sections.append(Section("Gaussians, whose transport is known", ORACLE_TEXT, [_gaussians(oracles)]))
    sections.append(Section("Between samples", PLAN_TEXT, [_plans(found, plans)]))
    return Page("Optimal transport", lead, sections, _headlines(found, oracles))


def _headlines(found: Solved, oracles: Mapping[int, Oracle]) -> list[Headline]:
    lines = []
    for d, s in found.settled.items():
        lines.append(
            Headline(f"J in {d} dimensions", s.total.mean, "", f"95 %: {s.total.low:.2f} to {s.total.high:.2f}", 2)
        )
    if found.grid is not None:
        above = grid_metrics(found)["learned_above_grid_percent"]["mean"]
        lines.append(Headline("Above the grid's optimum", above, "%", "learned in the plane", 2))
    if oracles:
        worst = max(abs(of.stages[-1].transport_cost / of.distance - 1) for of in oracles.values())
        lines.append(Headline("Off the Wasserstein distance", 100 * worst, "%", "Gaussians, the worst dimension", 2))
    return lines


def _gaussians(oracles: Mapping[int, Oracle]) -> Table:
    rows = [
        (
            d,
            stage.weight,
            Cell(*stage.objective[:3]),
            stage.optimum,
            100 * (stage.objective.mean / stage.optimum - 1),
            stage.transport_cost,
            of.distance,
            100 * (stage.transport_cost / of.distance - 1),
            stage.divergence,
        )
        for d, of in oracles.items()
        for stage in of.stages
    ]
    columns = (
        Column("d", "", "none", 0),
        Column("weight", "", "none", 0),
        Column("J", "", "none", 3),
        Column("optimum", "", "none", 3, "Of the same penalised problem, in closed form."),
        Column("off", "%", "none", 2),
        Column("transport", "", "none", 3, "The integral of |v|^2 rho."),
        Column("W₂²", "", "none", 3, "The squared Wasserstein distance, in closed form."),
        Column("off ", "%", "none", 2),
        Column("KL", "", "none", 5, "The divergence of the end from the target, an estimate that may fall below 0."),
    )
    return Table(
        columns, rows, "Learned transport of Gaussians beside its closed forms, with 95 % intervals over agents."
    )


def _plans(found: Solved, plans: Mapping[int, Static]) -> Table:
    rows = [
        (
            d,
            Cell(of.cost, of.lower, of.cost),
            2 * found.settled[d].kinetic.mean / _weight(found, d) * float(found.unit.length) ** 2,
            of.samples,
            of.result,
        )
        for d, of in plans.items()
    ]
    columns = (
        Column("d", "", "none", 0),
        Column("W₂² of samples", "", "none", 3, "The plan's cost; the interval begins at the dual bound."),
        Column(
            "learned",
            "",
            "none",
            3,
            "The integral of |v|^2 rho of the learned transport, which stops before the target.",
        ),
        Column("samples", "", "none", 0),
        "ended",
    )
    return Table(columns, rows, "The static plan between samples of both sides, and the learned transport.")


def _weight(found: Solved, d: int) -> float:
    return float(found.posed[d].game.kinetic)
