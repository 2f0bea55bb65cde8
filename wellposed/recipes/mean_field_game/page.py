"""The page of a run."""

from wellposed.recipes.crowd.page import costs, pictures
from wellposed.recipes.crowd.record import grid_metrics
from wellposed.recipes.crowd.solve import Solved
from wellposed.report import Headline, Page

from .settings import Settings

COSTS_TEXT = (
    "Each agent pays its kinetic energy, the price of the places that it passes, the running costs of the crowd around "
    "it, and at the end the Kullback-Leibler divergence from the target. The potential is trained along the "
    "agents' ways, with penalties for the Hamilton-Jacobi-Bellman equation [@ruthotto2020mfg]; the grid solves the "
    "same problem by a splitting that knows nothing of networks [@benamou2015]."
)
PICTURES_TEXT = (
    "Agents that are optimal part before an obstacle and meet again behind it, and keep apart where entropy is a cost."
)


def page(settings: Settings, found: Solved) -> Page:
    """Everything that was found."""
    lead = (
        "A *mean-field game*: a large crowd of rational agents, each of which minds the others only through their "
        f"density. One network, a potential of width {settings.width}, is the value function; its gradient says where "
        f"to go, in {', '.join(map(str, found.settled))} dimensions alike."
    )
    sections = [costs(found, COSTS_TEXT), *pictures(found, PICTURES_TEXT)]
    return Page("A crowd and its mean-field game", lead, sections, _headlines(found))


def _headlines(found: Solved) -> list[Headline]:
    lines = [
        Headline(f"J in {d} dimensions", s.total.mean, "", f"95 % interval {s.total.low:.2f} to {s.total.high:.2f}", 2)
        for d, s in found.settled.items()
    ]
    if found.grid is not None:
        g = grid_metrics(found)
        above = g["learned_above_grid_percent"]["mean"]
        lines.append(Headline("Above the grid's optimum", above, "%", "the learned crowd in the plane", 2))
        lines.append(
            Headline("Gap of the grid", g["gap_percent_of_kinetic"], "%", "of the kinetic energy: its bound", 2)
        )
    return lines
