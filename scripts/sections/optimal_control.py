"""The results of deep learning as optimal control."""

from sections.common import Line, Record, interval, table, versions

RESIDUAL = ("ResNet", "ODENet", "ODENet + simplex")


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    simplex, accuracy = "ODENet + simplex", metrics["accuracy_percent"]
    least, off = metrics["least_time_step"][simplex], metrics["largest_error_of_total_time"][simplex]
    return [
        Line(
            "time steps on the simplex: at least 0, their sum 1 within 1e-5",
            f"least {least:.1g}, sum off by at most {off:.1g}",
            least >= 0 and off <= 1e-5,
        ),
        *(
            Line(
                f"{name} above the plain network on every data set (means over seeds)",
                ", ".join(f"{accuracy[name][d]['mean'] - accuracy['Net'][d]['mean']:+.1f}" for d in accuracy[name])
                + " points",
                all(accuracy[name][d]["mean"] > accuracy["Net"][d]["mean"] for d in accuracy[name]),
            )
            for name in RESIDUAL
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of deep learning as optimal control."""
    (record,) = records
    metrics, settings = record["metrics"], record["settings"]
    places = list(metrics["accuracy_percent"]["Net"])
    vanish = metrics["steps_that_vanish_percent"]
    unused = {name: {place: of[place]["mean"] for place in places} for name, of in vanish.items()}
    return [
        "## optimal-control: networks that learn their own time steps",
        "",
        f"`wellposed run optimal-control --preset {record['preset']} --seed {record['seed']}`: {settings['depth']} "
        f"layers of width {settings['width']}, {settings['points']} points to learn from and as many unseen, "
        f"{settings['steps']} steps of Adam, {settings['seeds']} seeds; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Accuracy on unseen points in % (means over seeds with 95 % intervals). The paper publishes its accuracies in "
        "figures only.",
        "",
        *_accuracies(metrics["accuracy_percent"], "network", places),
        "",
        f"Residual networks of {settings['scheme_depth']} layers under Runge-Kutta schemes, after "
        f"{settings['scheme_steps']} steps, {settings['scheme_seeds']} seeds:",
        "",
        *_accuracies(metrics["scheme_accuracy_percent"], "scheme", places),
        "",
        "Learned time: the sum of the time steps (1 at the start), and how many of them are at most 0.001:",
        "",
        f"| network | {' | '.join(places)} | unused steps, % |",
        "|---|" + "---|" * (len(places) + 1),
        *(
            f"| {name} | {' | '.join(interval(of[place], 2) for place in places)} | "
            f"{', '.join(f'{unused[name][place]:.0f}' for place in places)} |"
            for name, of in metrics["total_time"].items()
        ),
        "",
    ]


def _accuracies(values: dict[str, dict[str, dict[str, float]]], what: str, places: list[str]) -> list[str]:
    rows = (f"| {name} | {' | '.join(interval(of[place], 1) for place in places)} |" for name, of in values.items())
    return [f"| {what} | {' | '.join(places)} |", "|---|" + "---|" * len(places), *rows]
