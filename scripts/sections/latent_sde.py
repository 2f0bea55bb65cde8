"""The results of the latent SDE."""

from sections.common import Line, Record, interval, table, versions

PRIOR, GAUSSIAN = "learned prior", "Gaussian process"
KINDS = {
    "marginal_distance_standard_deviations": "values at a time (standard deviations)",
    "pooled_distance_standard_deviations": "values at all times (standard deviations)",
    "spectrum_error_fraction": "spectrum (part of the power)",
}


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    marginal = metrics["marginal_distance_standard_deviations"]
    prior, gaussian = marginal[PRIOR]["mean"], marginal[GAUSSIAN]["mean"]
    return [
        Line(
            "the learned prior's values at a time nearer to the system's than those of its Gaussian process",
            f"{prior:.3f} against {gaussian:.3f} standard deviations",
            prior < gaussian,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the latent SDE."""
    (record,) = records
    metrics, settings = record["metrics"], record["settings"]
    lines = [
        "## latent-sde: the stochastic Lorenz system",
        "",
        f"`wellposed run latent-sde --preset {record['preset']} --seed {record['seed']}`: {settings['paths']} paths of "
        f"{settings['points']} times to {settings['end']:g}, noise {settings['noise']:g}, {settings['repeats']} seeds, "
        f"{settings['steps']} training steps of {settings['batch']} paths; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Distances in law from test paths of the system, with 95 % intervals over the seeds. The Gaussian process has "
        "the mean and covariance of the training paths; two independent draws of the system differ by the last row:",
        "",
        "| paths drawn from | " + " | ".join(KINDS.values()) + " |",
        "|---|" + "---|" * len(KINDS),
    ]
    lines += [
        f"| {source} | " + " | ".join(interval(metrics[kind][source], 3) for kind in KINDS) + " |"
        for source in metrics["of_each_repeat"]
    ]
    errors = ", ".join(f"{error:.4f}" for error in metrics["posterior_mean_rmse_standard_deviations"])
    return [
        *lines,
        "",
        f"The posterior's mean is off test paths by {errors} standard deviations, seed by seed; the noise of the data "
        f"is {metrics['noise_standard_deviations']:g}.",
        "",
    ]
