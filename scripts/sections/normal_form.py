"""The results of the normal-form autoencoders: one section for all systems."""

from sections.common import Line, Record, interval, table, versions

# of ten seeds, how many shall succeed
NEEDED = {"saddle-node": 9, "transcritical": 9, "pitchfork": 9, "lorenz96": 8, "neural-field": 8, "cylinder": 7}


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics, system = record["metrics"], record["settings"]["system"]
    success, seeds = metrics["successes"], metrics["seeds"]
    over, limit = metrics["over_seeds"], 100 * metrics["success_limit_of_rollout_error"]
    needed = NEEDED.get(system, 8) * seeds / 10
    lines = [
        Line(
            f"{system}: monotone parameter map and rollout error of at most {limit:g} % in {needed:g} of {seeds} seeds",
            f"{success} of {seeds}",
            success >= needed,
        )
    ]
    lines += _bifurcation(system, metrics)
    if "worst_amplitude_error" in over:
        worst = 100 * over["worst_amplitude_error"]["worst"]
        lines.append(
            Line(f"{system}: limit cycle within 10 % over the test range, all seeds", f"{worst:.1f} %", worst <= 10)
        )
    return lines


def _bifurcation(system: str, metrics: Record) -> list[Line]:
    """Scalar systems are judged by the sampled range, since p = -12 says nothing of how near 2 % of it is."""
    over, true, parameter = metrics["over_seeds"], metrics["true_bifurcation"], metrics["parameter"]
    if true is None:
        return []
    if system == "cylinder":
        worst = over["bifurcation_error"]["worst"]
        return [
            Line(
                f"{system}: {parameter} of the bifurcation within 2 of {true:.4g}, all seeds",
                f"{worst:.2f}",
                worst <= 2,
            )
        ]
    scalar = system in ("saddle-node", "transcritical", "pitchfork")
    name, of = ("of_range", "of the sampled range") if scalar else ("relative", "")
    worst = 100 * over[f"bifurcation_error_{name}"]["worst"]
    return [
        Line(
            f"{system}: bifurcation within 2 % {of} ({parameter} = {true:.5g}), all seeds".replace("  ", " "),
            f"{worst:.2f} %",
            worst <= 2,
        )
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of all systems."""
    first = records[0]
    lines = [
        "## normal-form: bifurcations learned from trajectories",
        "",
        f"`wellposed run normal-form --system NAME --preset {first['preset']}`: normal-form autoencoders, "
        f"{first['metrics']['seeds']} seeds each and none restarted, failures included; {versions(first)}.",
        "",
        "The networks see the raw parameter, scaled from a sampled range that is not centred on the bifurcation, which "
        "is the learned zero of beta. Success is a monotone parameter map and a rollout error (root mean square over "
        "the test set, over that of its states about their mean) of at most 5 %.",
        "",
        *table(line for record in records for line in asked(record)),
        "",
        "Means with 95 % intervals over seeds:",
        "",
        "| system | rollout error (%) | worst trajectory (%) | true bifurcation | learned | discarded runs "
        "| training of all seeds (s) |",
        "|---|---|---|---|---|---|---|",
        *(_row(record) for record in records),
        "",
        *_variants(records),
    ]
    return lines


def _row(record: Record) -> str:
    metrics, over = record["metrics"], record["metrics"]["over_seeds"]
    percent = lambda name: {end: 100 * over[name][end] for end in ("mean", "low", "high")}
    true = metrics["true_bifurcation"]
    cells = [
        record["settings"]["system"],
        interval(percent("rollout_error"), 2),
        interval(percent("worst_trajectory_error"), 1),
        "" if true is None else f"{metrics['parameter']} = {true:.5g}",
        interval(over["bifurcation"], 4),
        f"{metrics['discarded_runs']} of {metrics['runs']}",
        f"{sum(part['seconds'] for part in metrics['trainings']):.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _variants(records: list[Record]) -> list[str]:
    rows = [
        f"| {record['settings']['system']} | {name} | {of['monotone']} | {of['successes']} "
        f"| {100 * of['over_seeds']['rollout_error'].get('mean', float('nan')):.2f} |"
        for record in records
        for name, of in record["metrics"]["variants"].items()
    ]
    restarts = [
        f"| {record['settings']['system']} | {name} | {of['begun']} | {of['monotone']} | {of['accepted']} |"
        for record in records
        for name, of in record["metrics"]["published_restarts"].items()
    ]
    return [
        "Variants, each trained for a quarter of the first part's steps:",
        "",
        "| system | training | monotone | success | rollout error (%) |",
        "|---|---|---|---|---|",
        *rows,
        "",
        "Parameter autoencoders trained as published, with the sign loss: those without the right signs have to be "
        "begun again. The monotone map needs no restart.",
        "",
        "| system | parameter | begun | monotone | right signs |",
        "|---|---|---|---|---|",
        *restarts,
        "",
    ]
