"""The results of the latent ODE."""

from sections.common import Line, Record, interval, table, versions

ODE, RNN = "latent ODE", "our RNN"


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    lines = []
    for name, scores in metrics["rmse_plane"].items():
        gain = metrics["rnn_minus_latent_ode"][name]
        lines.append(
            Line(
                f"{name} of a spiral seen: the latent ODE's error below our RNN's, by a 95 % interval over seeds",
                f"{scores[ODE]['mean']:.3f} against {scores[RNN]['mean']:.3f}, difference {interval(gain, 3)}",
                gain["low"] > 0,
            )
        )
    return lines


def section(records: list[Record]) -> list[str]:
    """The tables of the latent ODE."""
    (record,) = records
    metrics, settings = record["metrics"], record["settings"]
    rmse, covered = metrics["rmse_plane"], metrics["covered_by_95_percent_band_fraction"]
    lines = [
        "## latent-ode: irregular noisy spirals",
        "",
        f"`wellposed run latent-ode --preset {record['preset']} --seed {record['seed']}`: {settings['spirals']} "
        f"spirals to learn from, noise {settings['noise']:g}, 100 times ahead forecast and compared with the truth, "
        f"{settings['repeats']} seeds, {settings['steps']} training steps of every model; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Root mean square errors in the unit of the plane, with 95 % intervals over the seeds:",
        "",
        "| model | " + " | ".join(rmse) + " |",
        "|---|" + "---|" * len(rmse),
    ]
    lines += [
        f"| {model} | " + " | ".join(interval(scores[model], 3) for scores in rmse.values()) + " |"
        for model in next(iter(rmse.values()))
    ]
    parts = ", ".join(f"{part:.0%} ({name})" for name, part in covered.items())
    word = {True: "yes", False: "no", None: "not asked"}
    answers = ", ".join(
        f"{question.replace('_', ' ')} {word[answer['holds']]}" for question, answer in metrics["answers"][ODE].items()
    )
    return [
        *lines,
        "",
        f"Of the true values ahead, the latent ODE's 95 % band holds {parts}: the band knows the doubt about the "
        "latent state, not that about the law of motion.",
        "",
        f"The six questions, of the latent ODE: {answers}.",
        "",
    ]
