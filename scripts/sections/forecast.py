"""The results of forecasting and data assimilation."""

from sections.common import Line, Record, interval, table, versions


def asked(record: Record) -> list[Line]:
    """What was asked of the full run, what was measured, and whether that holds."""
    metrics = record["metrics"]
    rmse, noise = metrics["assimilation_rmse"], metrics["observation_noise"]
    valid = {name: value["mean"] for name, value in metrics["valid_prediction_lyapunov_times"].items()}
    consistent = metrics["invariant_error_standard_deviations"]["reservoir"]["mean"]
    chance = metrics["invariant_floor_standard_deviations"]
    lines = [
        Line(f"{name}: error below the noise of the observations", f"{value:.3f} of {noise:g}", value < noise)
        for name, value in rmse.items()
        if name != "model alone"
    ]
    return [
        Line(
            "the reservoir forecasts for longer than the best linear map, in Lyapunov times",
            f"{valid['reservoir']:.1f} against {valid['linear map']:.1f}",
            valid["reservoir"] > valid["linear map"],
        ),
        Line(
            "the reservoir's values stay within 0.2 standard deviations",
            f"{consistent:.3f}, by chance {chance:.3f}",
            consistent <= 0.2,
        ),
        *lines,
    ]


def section(records: list[Record]) -> list[str]:
    """The tables of forecasting."""
    (record,) = records
    metrics, settings = record["metrics"], record["settings"]
    lines = [
        "## forecast: chaos forecast by learned maps, and its state from noisy observations",
        "",
        f"`wellposed run forecast --preset {record['preset']} --seed {record['seed']}`: {settings['system']}, "
        f"{settings['forecasts']} forecasts by {settings['repeats']} networks of each kind; {versions(record)}.",
        "",
        *table(asked(record)),
        "",
        "| map | right for (Lyapunov times) | power at wrong frequencies | values away (standard deviations) |",
        "|---|---|---|---|",
    ]
    for name, valid in metrics["valid_prediction_lyapunov_times"].items():
        spectrum = metrics["spectrum_error_fraction"][name]["mean"]
        away = metrics["invariant_error_standard_deviations"][name]["mean"]
        values = "broke down" if away is None else f"{away:.3f}"
        lines.append(f"| {name} | {interval(valid, 2)} | {100 * spectrum:.1f} % | {values} |")
    spectrum, away = metrics["spectrum_floor_fraction"], metrics["invariant_floor_standard_deviations"]
    lines.append(f"| truth from itself, by chance | | {100 * spectrum:.1f} % | {away:.3f} |")
    lines += ["", "| assimilation | error | own spread |", "|---|---|---|"]
    spread = metrics["assimilation_spread"]
    for name, value in metrics["assimilation_rmse"].items():
        lines.append(f"| {name} | {value:.3f} | {f'{spread[name]:.3f}' if name in spread else ''} |")
    return [*lines, ""]
