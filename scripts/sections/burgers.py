"""The results of the physics-informed network."""

from sections.common import Line, Record, table, versions


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    forward, inverse = metrics["forward_relative_l2_error"], metrics["inverse"]["inverse"]
    worst = max(inverse["advection_error_percent"], inverse["viscosity_error_percent"])
    return [
        Line("Burgers, forward: relative L2 error at most 1e-3", f"{forward:.1e}", forward <= 1e-3),
        Line("Burgers, inverse: both coefficients within 1 %", f"{worst:.4f} %", worst <= 1),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the physics-informed network."""
    lines = ["## burgers: a physics-informed network, forward and inverse", ""]
    for record in records:
        metrics, settings = record["metrics"], record["settings"]
        forward = metrics["forward_relative_l2_error"]
        lines += [
            f"`wellposed run burgers --preset {record['preset']} --seed {record['seed']}`: {settings['depth']} layers "
            f"of {settings['width']} neurons, Levenberg-Marquardt in double precision; {versions(record)}.",
            "",
            f"The reference is {metrics['reference']}: the exact solution. `tests/simulate/test_burgers.py` compares "
            "it with the published file where `WELLPOSED_BURGERS` names that.",
            "",
            *table(asked(record)),
            "",
            "| problem | c | nu | error of c (%) | error of nu (%) | relative error of u | steps | seconds |",
            "|---|---|---|---|---|---|---|---|",
            f"| forward | given | given | | | {forward:.1e} | {_cost(metrics, 'forward')} |",
            *(
                f"| {name}, {of['noise_percent']:g} % noise | {of['advection']:.5f} | {of['viscosity']:.7f} "
                f"| {of['advection_error_percent']:.4f} | {of['viscosity_error_percent']:.4f} "
                f"| {of['relative_l2_error']:.1e} | {_cost(metrics, name)} |"
                for name, of in metrics["inverse"].items()
            ),
            "",
        ]
    return lines


def _cost(metrics: dict, name: str) -> str:
    training = metrics["trainings"][name]
    return f"{training['steps']} | {training['seconds']:.0f}"
