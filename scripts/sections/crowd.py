"""What the sections of optimal transport and of mean-field games share."""

from typing import Any

from sections.common import Line, interval

OF_GRID, OF_EACH_OTHER = 2.0, 5.0  # per cent


def beside_grid(metrics: dict[str, Any], what: str) -> Line:
    """The learned objective in the plane beside the grid's optimum."""
    grid, found = metrics["grid"], metrics["learned"]["2"]["total"]
    off = grid["learned_above_grid_percent"]
    return Line(
        f"{what}, learned in the plane: J within {OF_GRID:g} % of the grid's optimum",
        f"{found['mean']:.3f} against {grid['primal']:.3f}: {off['mean']:+.2f} % ({off['low']:+.2f} to "
        f"{off['high']:+.2f})",
        abs(off["mean"]) <= OF_GRID,
    )


def beside_each_other(metrics: dict[str, Any], what: str) -> Line:
    """The objectives in all dimensions."""
    totals = {d: of["total"]["mean"] for d, of in metrics["learned"].items()}
    spread = 100 * (max(totals.values()) / min(totals.values()) - 1)
    return Line(
        f"{what}: J in {', '.join(totals)} dimensions within {OF_EACH_OTHER:g} % of each other",
        f"{', '.join(f'{total:.2f}' for total in totals.values())}: {spread:.1f} %",
        spread <= OF_EACH_OTHER,
    )


def costs(metrics: dict[str, Any]) -> list[str]:
    """The table of what the crowds pay."""
    rows = [
        f"| learned, {d} dimensions | {interval(of['total'], 3)} | {of['kinetic']['mean']:.3f} | "
        f"{of['running']['mean']:.3f} | {of['terminal']['mean']:.3f} | {of['hjb']['mean']:.3f} | "
        f"{of['bend_percent']:.1f} | {of['parameters']} | {of['training_seconds']:.0f} |"
        for d, of in metrics["learned"].items()
    ]
    grid = metrics["grid"]
    if grid is not None:
        rows.append(
            f"| grid, {' x '.join(str(n) for n in (*grid['shape'], grid['time_steps']))} | {grid['primal']:.3f} (dual "
            f"{grid['dual']:.3f}) | {grid['kinetic']:.3f} | {grid['running']:.3f} | {grid['terminal']:.3f} | | | | "
            f"{metrics['seconds']['grid']:.0f} |"
        )
    return [
        "| crowd | J | kinetic | running | terminal | HJB residual | bend (%) | parameters | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
    ]
