"""The results of the stochastic games."""

from sections.common import Line, Record, interval, table, versions


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    lines = []
    for name, of in record["metrics"]["obstacle"].items():
        gap, own = of["gap_percent_of_kinetic"], of["grid_gap_percent_of_kinetic"]
        uniform = of["gap_by_largest_residual_of_all_percent_of_kinetic"]
        lines.append(
            Line(
                f"primal-dual gap below 2 % of the kinetic cost, {name} diffusivity (nu = {of['diffusivity']:g})",
                f"{gap:.2f} % ({uniform:.2f} % with the largest residual of all times; the grid's own: {own:.2f} %)",
                gap < 2,
            )
        )
    return lines


def section(records: list[Record]) -> list[str]:
    """The tables of the stochastic games."""
    (record,) = records
    metrics = record["metrics"]
    lines = [
        "## stochastic-game: crowds with noise, with a bound",
        "",
        f"`wellposed run stochastic-game --preset {record['preset']} --seed {record['seed']}`; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "The bound subtracts the largest residual of the Hamilton-Jacobi-Bellman inequality over the whole plane, as "
        "the worst of five independent searches finds it, summed over 16 slabs of time; the primal value has its "
        "density from a grid:",
        "",
        "| nu | primal | dual | kinetic | largest residual | grid's primal | grid's dual | neural SDE, by paths |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {of['diffusivity']:g} | {of['primal']:.4f} | {of['dual']:.4f} | {of['kinetic']:.3f} "
        f"| {of['largest_hjb_residual']:.4f} | {of['grid_primal']:.4f} | {of['grid_dual']:.4f} "
        f"| {interval(of['generator_cost'], 3)} |"
        for of in metrics["obstacle"].values()
    ]
    lines += [
        "",
        "APAC-Net: J of agents who follow phi, their distance from the target, and the equation's residual (root mean "
        "square), before and after training:",
        "",
        "| game | d | J before | J after | distance before | distance after | residual before | residual after |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {of['dimensions']} | {of['cost_before']:.3f} | {of['cost_after']:.3f} "
            f"| {of['distance_from_target_at_start']:.2f} | {of['distance_from_target']:.2f} "
            f"| {of['hjb_residual_first_tenth']:.3f} | {of['hjb_residual_last_tenth']:.3f} |"
            for name, of in metrics["apac_net"].items()
        ),
        "",
    ]
    return lines
