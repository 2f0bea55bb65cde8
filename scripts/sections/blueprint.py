"""The results of the geometric blueprint."""

import numpy as np

from sections.common import Line, Record, interval, versions

EXACT = (
    "CNN",
    "GNN",
    "Deep Sets",
    "Transformer",
    "MPNN on distances",
    "group CNN p4",
    "group CNN p4m",
    "PDE-based group CNN",
)
SPHERE, SPHERE_MOST = "spherical CNN", 0.01


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    rooms = record["metrics"]["rooms"]
    worst = max((rooms[name]["network"]["invariance_error"], name) for name in EXACT)
    band = rooms[SPHERE]["network"]["invariance_error"]
    missed = record["metrics"]["sphere_band_error"]
    mean = lambda what, who: np.array([room[who][what]["mean"] for room in rooms.values()])
    more = int((mean("accuracy_moved_percent", "network") > mean("accuracy_moved_percent", "rival")).sum())
    less = int((mean("accuracy_lost_points", "network") < mean("accuracy_lost_points", "rival")).sum())
    return [
        Line(
            "permutation, translation, p4, p4m and rigid motion: invariance error at most 1e-10 in float64",
            f"at most {worst[0]:.1g} ({worst[1]})",
            worst[0] <= 1e-10,
        ),
        Line(
            f"SO(3): within the error of the band limit, and at most {100 * SPHERE_MOST:g} %",
            f"{100 * band:.2g} %, where the grids miss {100 * missed:.2g} %",
            band <= min(missed, SPHERE_MOST),
        ),
        Line(
            "each architecture is more accurate on moved samples than its rival",
            f"{more} of {len(rooms)} rows",
            more == len(rooms),
        ),
        Line(
            "each architecture loses less accuracy on moved samples than its rival",
            f"{less} of {len(rooms)} rows",
            less == len(rooms),
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The slide's table with its measured columns."""
    from sections.common import table

    (record,) = records
    settings, metrics = record["settings"], record["metrics"]
    rows = []
    for name, room in metrics["rooms"].items():
        network, rival = room["network"], room["rival"]
        rows.append(
            f"| {name} | {room['domain']} | {room['group']} | {network['parameters']} | "
            f"{network['invariance_error']:.1g} | "
            f"{interval(network['accuracy_percent'], 1)} | {interval(network['accuracy_moved_percent'], 1)} | "
            f"{interval(network['accuracy_lost_points'], 1)} | "
            f"{room['rival_name']} | {rival['parameters']} | {interval(rival['accuracy_percent'], 1)} | "
            f"{interval(rival['accuracy_moved_percent'], 1)} | {interval(rival['accuracy_lost_points'], 1)} |"
        )
    blocks = metrics["accuracy_percent_by_block_pixels"]
    scales = ", ".join(f"{block}: {interval(found, 1)}" for block, found in blocks.items())
    return [
        "## blueprint: the symmetry of each architecture, measured",
        "",
        f"`wellposed run blueprint --preset {record['preset']} --seed {record['seed']}`: {settings['samples']} samples "
        f"to learn from and {settings['test_samples']} unseen, {settings['steps']} steps of Adam, "
        f"{settings['seeds']} seeds; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Invariance error: max |f(g x) - f(x)| / max |f(x)| of the trained network in float64, largest of all seeds. "
        "Accuracy in % on unseen samples, on the same samples moved by the group, and how many points are lost (means "
        "over seeds with 95 % intervals). Time warping is a symmetry that an LSTM can learn, not one that it has.",
        "",
        "| architecture | domain | group | parameters | invariance error | accuracy | moved | lost | rival without "
        "it | parameters | accuracy | moved | lost |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        "The error of the band limit, a scale and no bound, is the share of the root of the energy that the sphere's "
        "grids fold onto the degrees that they keep, of the samples or of the ReLUs' outputs, whichever is more.",
        "",
        f"Scale separation: accuracy of the CNN on pictures averaged over blocks of so many pixels a side: {scales}.",
        "",
    ]
