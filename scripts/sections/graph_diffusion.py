"""The results of graph neural diffusion."""

import shlex

from sections.common import Line, Record, interval, table, versions

LEAST = {"GRAND-l": 83.0, "GCN": 81.0, "GAT": 82.0}  # on Cora's public split
PUBLISHED = {"GCN": "81.5", "GAT": "83.0 +- 0.7", "GRAND-l": "84.7 +- 0.6 (largest component, redrawn splits)"}
SECONDS = 120
PUBLIC = ("cora", "citeseer", "pubmed")  # whose files hold the public split
COMPONENT = [
    "Test nodes of the redrawn splits hold nodes that the split of the full graph learns from and chooses by, and so "
    "chose the settings.",
    "",
]


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    accuracy = metrics["test_accuracy_percent"]
    lines = []
    if metrics["graph"] == "cora" and metrics["split"] == "of the data":
        lines = [
            Line(
                f"{name} on Cora, full graph, public split: at least {least:.1f} %",
                interval(accuracy[name], 1) + f" % of {accuracy[name]['n']} seeds",
                accuracy[name]["mean"] >= least,
            )
            for name, least in LEAST.items()
        ]
    if "GRAND-l" in accuracy:
        seconds = metrics["seconds_per_seed"]["GRAND-l"]
        text = f"training GRAND-l on two cores: under {SECONDS} s a seed"
        lines.append(Line(text, f"{seconds:.0f} s", seconds < SECONDS))
    return lines + _depth(metrics)


def _depth(metrics: Record) -> list[Line]:
    depths, accuracy = metrics["depths"], metrics["depth_test_accuracy_percent"]
    if len(depths) < 2:
        return []
    change = {name: values[-1] - max(values) for name, values in accuracy.items()}
    where = f"from its best to {depths[-1]} layers"
    return [
        Line(f"GCN loses accuracy with depth, {where}", f"{change['GCN']:+.1f} points", change["GCN"] < -5),
        *(
            Line(f"{name} does not, {where}: at most 5 points", f"{change[name]:+.1f} points", change[name] >= -5)
            for name in accuracy
            if name != "GCN"
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of graph neural diffusion."""
    lines = ["## graph-diffusion: the classes of a graph's nodes", ""]
    for record in records:
        lines += _graph(record)
    return lines


def _graph(record: Record) -> list[str]:
    metrics, settings = record["metrics"], record["settings"]
    split = metrics["nodes_of_the_split"]
    data = "" if settings["data"] is None else f" --data {shlex.quote(settings['data'])}"
    public = metrics["split"] == "of the data" and metrics["graph"] in PUBLIC
    where = "public split" if public else "drawn split" if metrics["split"] == "drawn" else "split of the data"
    return [
        f"`wellposed run graph-diffusion{data} --preset {record['preset']} --seed {record['seed']}`: "
        f"{metrics['nodes']} nodes, {metrics['edges']} directed edges, {metrics['features']} features; {split[0]} "
        f"nodes to learn from, {split[1]} to choose by, {split[2]} to judge on; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "Test accuracy in % (means over seeds with 95 % intervals):",
        "",
        f"| method | {where}, full graph | redrawn splits, largest component | published | s a seed | parameters |",
        "|---|---|---|---|---|---|",
        *(_row(name, metrics) for name in metrics["test_accuracy_percent"]),
        "",
        *(COMPONENT if metrics["component_test_accuracy_percent"] else []),
        *_depths(metrics),
    ]


def _row(name: str, metrics: Record) -> str:
    component = metrics["component_test_accuracy_percent"].get(name)
    published = PUBLISHED.get(name, "") if metrics["graph"] == "cora" else ""
    return (
        f"| {name} | {interval(metrics['test_accuracy_percent'][name], 1)} | "
        f"{interval(component, 1) if component else ''} | {published} | {metrics['seconds_per_seed'][name]:.1f} | "
        f"{metrics['parameters'][name]} |"
    )


def _depths(metrics: Record) -> list[str]:
    depths = metrics["depths"]
    if not depths:
        return []
    return [
        f"Test accuracy in % with {', '.join(map(str, depths))} layers or steps of time:",
        "",
        f"| architecture | {' | '.join(map(str, depths))} |",
        "|---|" + "---|" * len(depths),
        *(
            f"| {name} | {' | '.join(f'{value:.1f}' for value in values)} |"
            for name, values in metrics["depth_test_accuracy_percent"].items()
        ),
        "",
    ]
