"""The results of the latent ODE."""

from sections.common import Line, Record, interval, table, versions

ODE, OTHERS = "latent ODE with continuity", ("our RNN", "our gated RNN", "latent ODE")


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    lines = []
    for name, scores in metrics["rmse_plane"].items():
        for other in OTHERS:
            gain = metrics["more_than_latent_ode_with_continuity"][name][other]
            lines.append(
                Line(
                    f"{name} of a spiral seen: the error of the {ODE} below that of {_the(other)}, by a 95 % interval",
                    f"{scores[ODE]['mean']:.3f} against {scores[other]['mean']:.3f}, difference {interval(gain, 3)}",
                    gain["low"] > 0,
                )
            )
    return lines


def _the(other: str) -> str:
    return other if other.startswith("our") else f"the {other} as published"


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
        "Root mean square errors in the unit of the plane, with 95 % intervals over the seeds. The recurrent networks "
        "feed on their forecasts, in steps about as long as those between observations, as they were trained:",
        "",
        "| model | " + " | ".join(rmse) + " |",
        "|---|" + "---|" * len(rmse),
    ]
    lines += [
        f"| {model} | " + " | ".join(interval(scores[model], 3) for scores in rmse.values()) + " |"
        for model in next(iter(rmse.values()))
    ]
    gains = [gain for of in metrics["more_than_latent_ode_with_continuity"].values() for gain in of.values()]
    decided, all_of_them = sum(gain["low"] > 0 for gain in gains), len(gains)
    parts = ", ".join(f"{of[ODE]:.0%} ({name})" for name, of in covered.items())
    word = {True: "yes", False: "no", None: "not asked"}
    answers = ", ".join(
        f"{question.replace('_', ' ')} {word[answer['holds']]}" for question, answer in metrics["answers"][ODE].items()
    )
    return [
        *lines,
        "",
        f"The differences have 95 % intervals over {settings['repeats']} seeds, paired: {decided} of {all_of_them} lie "
        "above 0; the others do not tell the models apart.",
        "",
        f"Of the true values ahead, the 95 % band of the {ODE} holds {parts}: the band knows the doubt about the "
        "latent state, not that about the law of motion.",
        "",
        f"The six questions, of the {ODE}: {answers}.",
        "",
    ]
