"""The results of coronary segmentation, beside the published numbers."""

from typing import Any

from sections.common import Line, Record, interval, table, versions

GRAPH, ALONE = "graph network", "without neighbours"
MINUTES = 15.0
MEASURES = {"dice": 3, "distance_mm": 3, "hausdorff_mm": 2, "radius_mm": 3}  # decimals
PUBLISHED = {  # of 78 segments of real arteries: Dice, mean surface distance (mm), Hausdorff distance (mm)
    "healthy": (0.75, 0.25, 1.53),
    "diseased": (0.73, 0.28, 1.86),
}


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    scores, less = metrics["scores"], metrics["graph_network_less_others"]
    thresholds = list(metrics["thresholds"])
    best = max(thresholds, key=lambda name: scores[name]["diseased"]["dice"]["mean"])
    near = min(thresholds, key=lambda name: scores[name]["diseased"]["hausdorff_mm"]["mean"])
    minutes = sum(of["training_seconds"] for of in metrics["networks"].values()) / 60
    return [
        Line(
            "diseased parts: a larger Dice coefficient than the best threshold's, by more than the interval",
            _compared(scores, less[best], best, "dice"),
            less[best]["diseased"]["dice"]["low"] > 0,
        ),
        Line(
            "diseased parts: a smaller Hausdorff distance than the best threshold's, by more than the interval",
            _compared(scores, less[near], near, "hausdorff_mm"),
            less[near]["diseased"]["hausdorff_mm"]["high"] < 0,
        ),
        Line(
            "whole vessels: a smaller mean distance than without neighbours, by more than the interval",
            _compared(scores, less[ALONE], ALONE, "distance_mm", "all"),
            less[ALONE]["all"]["distance_mm"]["high"] < 0,
        ),
        Line(
            f"training of both networks in at most {MINUTES:g} minutes",
            f"{minutes:.0f} minutes",
            minutes <= MINUTES,
        ),
    ]


def _compared(scores: Any, less: Any, name: str, measure: str, part: str = "diseased") -> str:
    decimals = MEASURES[measure]
    ours, theirs = (scores[method][part][measure]["mean"] for method in (GRAPH, name))
    return (
        f"{ours:.{decimals}f} against {theirs:.{decimals}f} of {name}; difference "
        f"{interval(less[part][measure], decimals)}"
    )


def section(records: list[Record]) -> list[str]:
    """The scores of each method in each part of the vessels."""
    (record,) = records
    metrics, settings = record["metrics"], record["settings"]
    rows = [
        f"| {part} | {name} | " + " | ".join(interval(of[part][m], d) for m, d in MEASURES.items()) + " |"
        for part in ("all", "healthy", "diseased")
        for name, of in metrics["scores"].items()
        if part in of
    ]
    theirs = [
        f"| {part} | published, other data | " + " | ".join(f"{value:.2f}" for value in values) + " | |"
        for part, values in PUBLISHED.items()
    ]
    windows = ", ".join(_window(name, of) for name, of in metrics["thresholds"].items())
    return [
        "## coronary-segmentation: the wall of arteries in CT angiography",
        "",
        f"`wellposed run coronary-segmentation --preset {record['preset']} --seed {record['seed']}`: "
        f"{metrics['vessels']['train']} synthetic vessels to learn from, {metrics['vessels']['validation']} to choose "
        f"by, {metrics['vessels']['test']} to judge on; rings of {settings['around']} vertices every "
        f"{settings['step_mm']:g} mm; {metrics['networks'][GRAPH]['parameters']} parameters; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        f"Means over vessels with intervals of 95 %. The thresholds that were chosen: {windows}.",
        "",
        "| part | method | Dice | mean distance (mm) | Hausdorff (mm) | radius (mm) |",
        "|---|---|---|---|---|---|",
        *rows,
        *theirs,
        "",
    ]


def _window(name: str, window: dict[str, float | None]) -> str:
    high = "no upper bound" if window["high"] is None else f"{window['high']:g}"
    return f"{name} {window['low']:g} to {high}"
