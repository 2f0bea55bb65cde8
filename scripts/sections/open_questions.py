"""The results of the open questions."""

from sections.common import Line, Record, interval, table, versions

SEEN = "seen"


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics, places = record["metrics"], record["settings"]["unseen"]
    heat = metrics["cases"]["heat, mesh"]["informed"]
    seen, unseen = heat["places"][SEEN]["relative_error"]["mean"], heat["worst_unseen_relative_error"]
    worst = lambda of, name: of[name]["worst_unseen_relative_error"]
    better = [case for case, of in metrics["cases"].items() if worst(of, "informed") < worst(of, "plain")]
    mass = max(place["mass_change"] for of in metrics["cases"].values() for place in of["informed"]["places"].values())
    descent, slope = metrics["double_descent"], metrics["shallow"]["slope"]["in Barron's space"]["orthogonal greedy"]
    return [
        Line("heat on a mesh: relative error at most 1e-3 on new initial values", f"{seen:.2g}", seen <= 1e-3),
        Line(f"heat on meshes never seen: at most 1e-3, the worst of {places}", f"{unseen:.2g}", unseen <= 1e-3),
        Line(
            "the network that knows its equation errs less on places never seen than the plain one, in each case",
            f"{len(better)} of {len(metrics['cases'])} cases",
            len(better) == len(metrics["cases"]),
        ),
        Line("it keeps the mass to 1e-10 in float64", f"{mass:.1g}", mass <= 1e-10),
        *(
            Line(
                f"double descent, {kind}: the test error peaks at the interpolation threshold",
                f"at {descent['peak_parameters'][kind]}, threshold {descent['threshold'][kind]}",
                descent["peak_parameters"][kind] == descent["threshold"][kind],
            )
            for kind in ("plain", "informed")
        ),
        Line(
            "a target in Barron's space: greedy neurons fall at least nearly like 1 / m (mean slope at most -0.9)",
            interval(slope, 2),
            slope["mean"] <= -0.9,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """Errors of all networks in all places, double descent and the rates."""
    (record,) = records
    settings, metrics = record["settings"], record["metrics"]
    return [
        "## open-questions: networks that know their equation, double descent, Barron's rate",
        "",
        f"`wellposed run open-questions --preset {record['preset']} --seed {record['seed']}`: one mesh and one graph "
        f"of {settings['nodes']} nodes to learn from, {settings['samples']} initial values, {settings['steps']} steps "
        f"of SOAP, {settings['seeds']} seeds; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "The data are exact solutions of the semi-discrete law, without noise: 1e-3 shows that this law was "
        "identified, not that the PDE itself is solved to 1e-3. The distance from the smooth solution:",
        "",
        *_sphere(metrics["harmonics"]),
        "Relative errors on new initial values: means over seeds with 95 % intervals; on places never seen the worst "
        f"of {settings['unseen']}. A fixed number of rounds of messages is a limit of the plain network on finer "
        "meshes, by construction. Mass: largest change of the sum of m u over that of m |u|.",
        "",
        "| equation, place | network | parameters | place seen | worst unseen | 4 times later, seen | mass |",
        "|---|---|---|---|---|---|---|",
        *_networks(metrics["cases"]),
        "",
        "Double descent: median test errors on the same graph over the size of the change, and on other graphs.",
        "",
        *_descent(metrics["double_descent"]),
        "",
        "Slope of log squared error over log width (Barron's rate is -1), and the error of the widest.",
        "",
        "| target | method | slope | error |",
        "|---|---|---|---|",
        *(
            f"| {target} | {method} | {interval(slope, 2)} | "
            f"{metrics['shallow']['relative_squared_error'][target][method][-1]['mean']:.2g} |"
            for target, of in metrics["shallow"]["slope"].items()
            for method, slope in of.items()
        ),
        "",
    ]


def _networks(cases: Record) -> list[str]:
    rows = []
    for case, of in cases.items():
        for name, network in of.items():
            seen, worst = network["places"][SEEN], network["worst_unseen_relative_error"]
            error = seen["relative_error"]
            unseen = "cannot be asked" if worst is None else f"{worst:.2g}"
            rows.append(
                f"| {case} | {name} | {network['parameters']} | {error['mean']:.2g} "
                f"({error['low']:.2g} to {error['high']:.2g}) | {unseen} | "
                f"{seen['relative_error_4_times_later']['mean']:.2g} | {seen['mass_change']:.1g} |"
            )
    return rows


def _sphere(harmonics: Record) -> list[str]:
    parts = [
        f"{int(n)} vertices: {learned:.2g} ({exact:.2g})"
        for n, learned, exact in zip(harmonics["vertices"], harmonics["learned"], harmonics["exact"], strict=True)
    ]
    return [
        f"Learned heat equation against decaying spherical harmonics (beside it the exact solution on the mesh): "
        f"{'; '.join(parts)}.",
        "",
    ]


def _descent(descent: Record) -> list[str]:
    errors = descent["relative_error"]
    chosen = [k for k, p in enumerate(descent["parameters"]) if p in descent["threshold"].values() or k % 4 == 2]
    cells = lambda part, kind: [f"{errors[part][kind][k]['quantile']:.2g}" for k in chosen]
    head = [str(descent["parameters"][k]) for k in chosen]
    rows = [
        f"| {kind}, {'other graphs' if part == 'other_graphs' else part} | {' | '.join(cells(part, kind))} |"
        for kind in ("informed", "plain")
        for part in ("train", "test", "other_graphs")
    ]
    return [f"| parameters | {' | '.join(head)} |", f"|---|{'---|' * len(head)}", *rows]
