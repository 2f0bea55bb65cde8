"""The results of optimal transport."""

from typing import Any

from sections.common import Line, Record, interval, table, versions
from sections.crowd import beside_each_other, beside_grid, costs

OF_OPTIMUM, LEFT = 1.0, 1e-3  # per cent; of the divergence at the end


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    eight = "eight Gaussians to one"
    known = [line for d, of in metrics["gaussians"].items() for line in _known(d, of)]
    return [*known, beside_grid(metrics, eight), beside_each_other(metrics, eight)]


def _known(d: str, of: dict[str, Any]) -> list[Line]:
    """Gaussians in d dimensions."""
    first, last = of["stages"][0], of["stages"][-1]
    off = 100 * (first["objective"]["mean"] / first["optimum"] - 1)
    away = 100 * (last["transport_cost"] / of["squared_distance"] - 1)
    return [
        Line(
            f"Gaussians in {d} dimensions: J within {OF_OPTIMUM:g} % of the penalised problem's optimum",
            f"{first['objective']['mean']:.3f} against {first['optimum']:.3f}: {off:+.2f} %",
            abs(off) <= OF_OPTIMUM,
        ),
        Line(
            f"Gaussians in {d} dimensions, by continuation: within {OF_OPTIMUM:g} % of the squared Wasserstein "
            f"distance, divergence at the end at most {LEFT:g}",
            f"{last['transport_cost']:.3f} against {of['squared_distance']:.3f}: {away:+.2f} %, "
            f"{last['divergence']:.1e}",
            abs(away) <= OF_OPTIMUM and last["divergence"] <= LEFT,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of optimal transport."""
    (record,) = records
    settings, metrics = record["settings"], record["metrics"]
    return [
        "## optimal-transport: densities in 2 to 100 dimensions",
        "",
        f"`wellposed run optimal-transport --preset {record['preset']} --seed {record['seed']}`: a potential of width "
        f"{settings['width']}, {settings['iterations']} steps of Adam on {settings['batch']} fresh samples; judged on "
        f"{settings['agents']}; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        *costs(metrics),
        "",
        "Gaussians by continuation in the weight of the divergence, with a training of their own: a start near "
        f"quadratic potentials, {settings['oracle_iterations']} steps of SOAP (twice as many at the last weight) on "
        "batches whose mean and covariance are those of the density:",
        "",
        "| d | weight | J | optimum | transport | squared distance | divergence | seconds |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {d} | {s['weight']:g} | {interval(s['objective'], 3)} | {s['optimum']:.3f} | "
            f"{s['transport_cost']:.3f} | {of['squared_distance']:.3f} | {s['divergence']:.1e} | {of['seconds']:.0f} |"
            for d, of in metrics["gaussians"].items()
            for s in of["stages"]
        ),
        "",
        "The entropic plan between samples of both sides, with the dual bound of the squared distance:",
        "",
        "| d | samples | plan | bound |",
        "|---|---|---|---|",
        *(f"| {d} | {of['samples']} | {of['cost']:.3f} | {of['lower']:.3f} |" for d, of in metrics["plans"].items()),
        "",
    ]
