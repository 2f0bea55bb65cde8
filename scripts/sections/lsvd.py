"""The results of the learned SVD."""

from sections.common import Line, Record, interval, table, versions


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    forms, test = metrics["closed_forms"], metrics["test"]
    psnr = {name: score["psnr_db"]["mean"] for name, score in test.items()}
    best, gain = metrics["best_linear_of_rank_k"]["psnr_db"]["mean"], psnr["nonlinear L-SVD"] - psnr["Tikhonov"]
    order = [forms[name] for name in ("best_tikhonov_error", "b_diagonal_error", "c_error")]
    wiener, everything, k = forms["b_diagonal_distance_from_wiener"], forms["singular_values"], forms["rank"]
    within = lambda name: (f"{100 * (forms[name] - 1):.2f} % (k = {k:.0f})", forms[name] <= 1.02)
    return [
        Line(
            "(b): learned diagonal matches the Wiener filter within 2 %",
            f"{100 * wiener:.2f} % (k = {everything:.0f})",
            wiener <= 0.02,
        ),
        Line("(b): full Sigma within 2 % of least squares", *within("b_full_over_optimum")),
        Line("(c) within 2 % of the reduced-rank optimum", *within("c_over_optimum")),
        Line("(d) within 2 % of the reduced-rank optimum", *within("d_over_optimum")),
        Line(
            "squared errors of a pixel fall from Tikhonov to (b) to (c), in 10^-3",
            ", ".join(f"{1e3 * error:.3f}" for error in order),
            order == sorted(order, reverse=True),
        ),
        Line("nonlinear L-SVD at least 3 dB over the best Tikhonov, test slab", f"{gain:+.2f} dB", gain >= 3),
        Line(
            "nonlinear L-SVD not below the reduced-rank optimum of its rank, test slab",
            f"{psnr['nonlinear L-SVD']:.2f} against {best:.2f} dB",
            psnr["nonlinear L-SVD"] >= best,
        ),
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of the learned SVD."""
    (record,) = records
    metrics = record["metrics"]
    settings, test = record["settings"], metrics["test"]
    best = metrics["best_linear_of_rank_k"]
    lines = [
        "## lsvd: the learned SVD on tomography of real anatomy",
        "",
        f"`wellposed run lsvd --preset {record['preset']} --seed {record['seed']}`: {settings['size']} pixels a side, "
        f"{settings['angles']} views, {100 * settings['noise']:g} % {settings['noise_model']} noise, rank "
        f"k = {settings['rank']}; " + f"{versions(record)}.",
        "",
        "Errors are population errors over the training distribution, in closed form; no map was initialised with one.",
        "",
        *table(asked(record)),
        "",
        "On the test slab (means with 95 % intervals; SSIM and PSNR with peak 1):",
        "",
        "| method | PSNR (dB) | SSIM | relative error | ms a picture |",
        "|---|---|---|---|---|",
    ]
    times = metrics["time_ms_per_image"]
    rows = {**test, f"best linear map of rank {settings['rank']} (closed form)": best}
    figures = {"psnr_db": 2, "ssim": 3, "relative_error": 3}
    for name, score in rows.items():
        cells = [interval(score[figure], decimals) for figure, decimals in figures.items()]
        lines.append(f"| {name} | {' | '.join(cells)} | {f'{times[name]:.2f}' if name in times else ''} |")
    places = list(metrics["elsewhere"])
    lines += [
        "",
        "Out of distribution, PSNR in dB (single persons; no method was trained or tuned on them):",
        "",
        "| method | " + " | ".join(places) + " |",
        "|---|" + "---|" * len(places),
        *(
            f"| {name} | "
            + " | ".join(f"{metrics['elsewhere'][place][name]['psnr_db']['mean']:.1f}" for place in places)
            + " |"
            for name in test
        ),
        "",
    ]
    return lines
