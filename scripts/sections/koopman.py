"""The results of the Koopman autoencoder."""

from sections.common import Line, Record, table, versions


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    best = metrics["seeds"][metrics["best_seed"]]
    return [
        Line(
            f"Koopman pendulum: test loss no larger than published ({metrics['published_loss']:.2e})",
            f"{best['test_loss']:.2e}",
            best["test_loss"] <= metrics["published_loss"],
        )
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the Koopman autoencoder."""
    lines = ["## koopman: coordinates in which a pendulum turns", ""]
    for record in records:
        metrics, settings = record["metrics"], record["settings"]
        seeds = metrics["seeds"]
        lines += [
            f"`wellposed run koopman --preset {record['preset']} --seed {record['seed']}`: {settings['steps']} steps "
            f"of {settings['optimiser'].upper()}, {settings['activation']} layers (published: up to six hours of Adam, "
            f"relu), {settings['seeds']} seeds; {versions(record)}.",
            "",
            "The loss is the published one; one step and linearity are mean-square ratios, which the size of the "
            "coordinates does not change. The best seed is that of the lowest training loss.",
            "",
            *table(asked(record)),
            "",
            f"No worse than published: {metrics['seeds_no_worse_than_published']} of {len(seeds)} seeds.",
            "",
            "| | loss | one step | linearity | frequency (%) | 1500 steps: median, worst (%) | minutes |",
            "|---|---|---|---|---|---|---|",
            f"| published | {metrics['published_loss']:.2e} | {metrics['published_one_step_mean_square_ratio']:.1e} "
            "| | | one of 42 | up to 360 |",
            *(
                f"| seed {number} | {seed['test_loss']:.2e} | {seed['one_step_mean_square_ratio']:.1e} "
                f"| {seed['linearity_mean_square_ratio']:.1e} | {seed['frequency_error_percent']:.2g} "
                f"| {seed['error_after_1500_steps_percent']['median']:.2g}, "
                f"{seed['error_after_1500_steps_percent']['worst']:.2g} | {seed['seconds'] / 60:.0f} |"
                for number, seed in enumerate(seeds)
            ),
            "",
        ]
    return lines
