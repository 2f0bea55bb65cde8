"""The results of the stable architectures."""

from sections.common import Line, Record, interval, table, versions

KEEPERS = ("Hamiltonian", "leapfrog", "H-DNN J1, symplectic")


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    least = {name: _extreme(metrics["least_gradient_norm_trained"][name], min) for name in KEEPERS}
    growth = {name: _extreme(of, max) for name, of in metrics["spectral_abscissa_trained"].items() if name != "ResNet"}
    stopped = {name: depths for name, depths in metrics["not_finite"].items() if depths and name != "ResNet"}
    return [
        Line(
            "backward gradient norms of trained " + ", ".join(KEEPERS) + " at least 1 (up to 1e-3, float32)",
            ", ".join(f"{value:.4f}" for value in least.values()),
            min(least.values()) >= 1 - 1e-3,
        ),
        Line(
            "no eigenvalue with a real part above 1e-3 along the trained flows, all but the ResNet",
            f"at most {max(growth.values()):.1e}",
            max(growth.values()) <= 1e-3,
        ),
        Line("no training overflows, all but the ResNet", f"{len(stopped)} that do", not stopped),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the stable architectures."""
    (record,) = records
    metrics, settings = record["metrics"], record["settings"]
    accuracy = metrics["accuracy_percent"]
    places = list(next(iter(next(iter(accuracy.values())).values())))
    rows = [
        f"| {name} | {depth} | {' | '.join(interval(of[place], 1) for place in places)} | "
        f"{_middle(metrics['gradient_norm_at_start'][name][depth])} | "
        f"{_middle(metrics['gradient_norm_trained'][name][depth])} |"
        for name, by_depth in accuracy.items()
        for depth, of in by_depth.items()
    ]
    return [
        "## stable-architectures: depth against accuracy and gradients",
        "",
        f"`wellposed run stable-architectures --preset {record['preset']} --seed {record['seed']}`: width "
        f"{settings['width']}, layers of length {settings['step']} in time, {settings['points']} points to learn from "
        f"and as many unseen, {settings['steps']} steps of Adam, {settings['seeds']} seeds; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Accuracy on unseen points in % (means over seeds with 95 % intervals), and the norm of d x_N / d x_0 (medians "
        "over seeds, the range over data sets). The papers compare the architectures on these data in figures only.",
        "",
        f"| network | layers | {' | '.join(places)} | gradient norm, start | trained |",
        "|---|---|" + "---|" * (len(places) + 2),
        *rows,
        "",
    ]


def _extreme(by_depth: dict[str, dict[str, float]], which) -> float:
    return which(value for of in by_depth.values() for value in of.values())


def _middle(of: dict[str, float]) -> str:
    low, high = min(of.values()), max(of.values())
    return f"{low:.2g} to {high:.2g}"
