"""The results of SINDy in learned coordinates."""

from sections.common import Line, Record, table, versions

WORDS = {"decoder": "states", "dx": "slopes in the state", "dz": "slopes in the coordinates"}


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    best, published = metrics["seeds"][metrics["best_seed"]], metrics["published_mean_square_ratio"]
    return [
        Line(
            f"SINDy autoencoder: error of the {words} no larger than published ({published[name]:.2g})",
            f"{best['test_mean_square_ratio'][name]:.2g}",
            best["test_mean_square_ratio"][name] <= published[name],
        )
        for name, words in WORDS.items()
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of SINDy in learned coordinates."""
    lines = ["## sindy-autoencoder: coordinates and equations of a Lorenz system in 128 dimensions", ""]
    for record in records:
        metrics, settings = record["metrics"], record["settings"]
        seeds, published = metrics["seeds"], metrics["published_mean_square_ratio"]
        lines += [
            f"`wellposed run sindy-autoencoder --preset {record['preset']} --seed {record['seed']}`: "
            f"{settings['steps']} steps of {settings['optimiser'].upper()} (published: 1.5 million of Adam), "
            f"{settings['seeds']} seeds; {versions(record)}.",
            "",
            "Mean-square ratios, mean (a - b)^2 / mean a^2, as published; their roots, |a - b| / |a|, stand in "
            "brackets. The best seed is that of the lowest training loss.",
            "",
            *table(asked(record)),
            "",
            f"No worse than published in all three: {metrics['seeds_no_worse_than_published']} of {len(seeds)} seeds; "
            "the published figures are the best of ten.",
            "",
            "| | states | slopes in the state | slopes in the coordinates | terms | valid time (Lyapunov) | minutes |",
            "|---|---|---|---|---|---|---|",
            f"| published | {_row(published)} | {metrics['published_active_terms']} | | |",
            *(
                f"| seed {number} | {_row(seed['test_mean_square_ratio'])} | {seed['active_terms']} "
                f"| {seed['valid_time_lyapunov']['median']:.2f} | {seed['seconds'] / 60:.0f} |"
                for number, seed in enumerate(seeds)
            ),
            f"| published, outside the box | {_row(metrics['published_mean_square_ratio_outside'])} | | | |",
            *(
                f"| seed {number}, outside the box | {_row(seed['outside_mean_square_ratio'])} | | | |"
                for number, seed in enumerate(seeds)
            ),
            "",
            "The best seed's equations:",
            "",
            "```",
            *metrics["equations"],
            "```",
            "",
        ]
    return lines


def _row(ratio: dict[str, float]) -> str:
    return " | ".join(f"{ratio[name]:.2g} ({100 * ratio[name] ** 0.5:.2g} %)" for name in WORDS)
