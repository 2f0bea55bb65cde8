"""The results of wall shear stress in arteries, in the talk's layout and beside the talk's numbers."""

from typing import Any

from sections.common import Line, Record, table, versions

ALIKE, WORSE, HALF, GOAL, MINUTES = 2.0, 3.0, 0.5, 10.0, 60.0
CHANNELS = 12  # of a `full` run; more take longer than the minutes that bound its trainings
HEAD = [
    "| network | NMAE (%) | epsilon (%) | largest difference (Pa) | mean difference (Pa) |",
    "|---|---|---|---|---|",
]
COLUMNS = {"nmae": 2, "epsilon": 1, "largest": 2, "mean": 2}  # decimals
# Single arteries of another data set, from the slide: NMAE (%), epsilon (%), largest and mean difference (Pa), each as
# mean, median and 75th percentile.
SLIDE = {
    "SAGE-CNN": ((2.2, 2.0, 2.6), (32.4, 30.0, 37.0), (10.41, 7.80, 14.65), (1.11, 1.01, 1.32)),
    "FeaSt-CNN": ((1.2, 1.1, 1.5), (19.0, 18.6, 22.4), (5.83, 5.13, 8.17), (0.60, 0.57, 0.77)),
    "GEM-CNN": ((0.6, 0.6, 0.8), (9.9, 9.5, 11.6), (3.94, 3.68, 5.46), (0.32, 0.31, 0.42)),
    "SAGE-CNN †": ((10.5, 9.6, 12.8), (149.2, 128.1, 181.2), (26.73, 23.96, 36.17), (5.31, 4.84, 6.50)),
    "FeaSt-CNN †": ((8.3, 7.5, 10.1), (123.7, 111.1, 152.9), (25.63, 22.93, 34.52), (4.22, 3.82, 5.13)),
    "GEM-CNN †": ((0.6, 0.6, 0.8), (9.8, 9.4, 11.4), (3.80, 3.39, 5.53), (0.32, 0.31, 0.42)),
}


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    channels = record["settings"]["channels"]
    return [line._replace(asked=f"{channels} channels: {line.asked}") for line in _asked(record)]


def _asked(record: Record) -> list[Line]:
    metrics = record["metrics"]
    errors = {name: of for name, of in metrics["errors"].items() if name in metrics["networks"]}
    plain = {name: of["plain"]["epsilon"]["median"] for name, of in metrics["errors"].items()}
    turned = {name: of["turned"]["epsilon"]["median"] for name, of in metrics["errors"].items()}
    best = min(plain[name] for name in plain if name not in errors)
    gem = errors["GEM"]
    off = max(
        abs(gem["turned"][column][kind] / gem["plain"][column][kind] - 1)
        for column in COLUMNS
        for kind in gem["plain"][column]
    )
    return [
        Line(
            f"GEM: every entry of the turned row within {ALIKE:g} % of the plain row's",
            f"within {100 * off:.2f} %",
            100 * off <= ALIKE,
        ),
        *(
            Line(
                f"{name}, which sees normals: median epsilon at least {WORSE:g} times as large on turned meshes",
                f"{plain[name]:.1f} % to {turned[name]:.1f} %: {turned[name] / plain[name]:.1f} times",
                turned[name] >= WORSE * plain[name],
            )
            for name in ("SAGE", "FeaSt")
        ),
        Line(
            "median epsilon: GEM below FeaSt below SAGE",
            ", ".join(f"{name} {plain[name]:.1f} %" for name in ("GEM", "FeaSt", "SAGE")),
            plain["GEM"] < plain["FeaSt"] < plain["SAGE"],
        ),
        Line(
            "GEM: at most half the median epsilon of the better plain predictor",
            f"{plain['GEM']:.1f} % against {best:.1f} %",
            plain["GEM"] <= HALF * best,
        ),
        Line(f"GEM: median epsilon of {GOAL:g} %, the goal", f"{plain['GEM']:.1f} %", plain["GEM"] <= GOAL),
        *_timed(record),
    ]


def _timed(record: Record) -> list[Line]:
    """What bounds the trainings of a `full` run; the larger table has all the time that it takes."""
    if record["settings"]["channels"] > CHANNELS:
        return []
    longest = max(of["training_seconds"] for of in record["metrics"]["networks"].values()) / 60
    text = f"training on two cores at most {MINUTES:g} minutes a network"
    return [Line(text, f"at most {longest:.0f} minutes", longest <= MINUTES)]


def section(records: list[Record]) -> list[str]:
    """The talk's table for each number of channels, then the talk's own."""
    theirs = [
        f"| {name} | " + " | ".join(" / ".join(f"{value:g}" for value in cell) for cell in row) + " |"
        for name, row in SLIDE.items()
    ]
    return [
        "## wall-shear-stress: mesh networks on artery walls",
        "",
        *(line for record in records for line in _table(record)),
        "The talk's own table, of other arteries and larger networks: the order and the ratios compare.",
        "",
        *HEAD,
        *theirs,
        "",
    ]


def _table(record: Record) -> list[str]:
    metrics, channels = record["metrics"], record["settings"]["channels"]
    ours = [
        f"| {name}{mark} | " + " | ".join(_three(of[kind][column], column) for column in COLUMNS) + " |"
        for mark, kind in (("", "plain"), (" †", "turned"))
        for name, of in metrics["errors"].items()
    ]
    sizes = [
        f"| {name} | {of['parameters']} | {of['steps']} | {of['training_seconds'] / 60:.1f} | "
        f"{of['prediction_seconds']:.3f} |"
        for name, of in metrics["networks"].items()
    ]
    cfd = metrics["cfd_cpu_seconds_per_mesh"]
    return [
        f"`{_command(record)}`: "
        f"{metrics['meshes']['train']} arteries to learn from, {metrics['meshes']['validation']} to choose by, "
        f"{metrics['meshes']['test']} to judge on, {metrics['vertices'][0]} to {metrics['vertices'][1]} vertices; "
        f"{channels} channels of each order in GEM, the others as large; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Mean / median / 75th percentile over the test meshes; with †, each is turned at random.",
        "",
        *HEAD,
        *ours,
        "",
        "| network | parameters | steps | training (min) | a mesh (s) |",
        "|---|---|---|---|---|",
        *sizes,
        "",
        f"A wall's neighbourhoods and features take {metrics['preparation_seconds_per_mesh']:.1f} s"
        + (f", the flow solver {cfd:.0f} s of processor time." if cfd else "."),
        "",
    ]


def _command(record: Record) -> str:
    settings, networks = record["settings"], record["settings"]["networks"]
    usual = settings["channels"] == CHANNELS
    chosen = "" if usual else f" --channels {settings['channels']} --networks {' '.join(networks)}"
    return f"wellposed run wall-shear-stress{chosen} --preset {record['preset']} --seed {record['seed']}"


def _three(cell: dict[str, Any], column: str) -> str:
    return " / ".join(f"{value:.{COLUMNS[column]}f}" for value in cell.values())
