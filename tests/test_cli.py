"""The commands, their help, and how they fail: one sentence and an exit code."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from toy_recipe import RECIPE, RECIPES

from wellposed import __version__
from wellposed.cli import main


def run(*words):
    return main([str(word) for word in words], RECIPES)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "toy"
    assert run("run", "toy", "--preset", "smoke", "--seed", 5, "--out", folder) == 0
    return folder


def test_version(capsys):
    assert run("--version") == 0
    assert capsys.readouterr().out == f"wellposed {__version__}\n"


def test_list_shows_a_line_for_each_recipe(capsys):
    assert run("list") == 0
    assert capsys.readouterr().out == "toy  Learn to multiply by a number\n"


@pytest.mark.parametrize("words", [["--help"], [], ["run", "--help"], ["apply", "--help"], ["run", "toy", "--help"]])
def test_help_ends_well(words, capsys):
    with pytest.raises(SystemExit, match="0"):
        run(*words)
    assert "usage: wellposed" in capsys.readouterr().out


def test_help_of_a_recipe_has_its_options_and_the_presets_defaults(capsys):
    with pytest.raises(SystemExit, match="0"):
        run("run", "toy", "--preset", "smoke", "--help")
    text = capsys.readouterr().out
    for part in (
        "Learn to multiply by a number",
        "--factor FLOAT",
        "The number to be learned.",
        "(default: 2)",
        "--resume",
    ):
        assert part in text


def test_options_reach_the_settings_over_the_preset(finished):
    config = json.loads((finished / "config.json").read_text())
    assert config["preset"] == "smoke"
    assert (config["settings"]["seed"], config["settings"]["steps"]) == (5, 2)


def test_a_run_prints_its_numbers_and_where_its_page_is(tmp_path, capsys):
    assert run("run", "toy", "--out", tmp_path / "a", "--shape", 4, 5, "--x64") == 0
    out = capsys.readouterr().out
    for part in ("PSNR: 30.0 dB", "learned", str(tmp_path / "a" / "report.html")):
        assert part in out
    assert json.loads((tmp_path / "a" / "config.json").read_text())["x64"] is True


def test_the_default_folder_is_named_after_the_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("run", "toy") == 0
    assert Path("runs/toy/metrics.json").exists()


def test_a_resumed_run_takes_its_own_settings(finished, capsys):
    before = (finished / "config.json").read_bytes()
    assert run("run", "toy", "--out", finished, "--resume") == 0
    assert (finished / "config.json").read_bytes() == before
    assert run("run", "toy", "--out", finished, "--resume", "--factor", 9) == 2
    assert "factor = 3.0, found 9.0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "toi"], "toi: expected a recipe, found none of that name: did you mean toy?"),
        (["run", "toy", "--images", "x.npy", "--out", "new"], "x.npy: expected a folder of pictures"),
        (["run", "toy", "--seed", "99999999999999999999"], "--seed: expected a whole number from 0 to 4294967295"),
        (["run", "toy", "--seed", "-1"], "--seed: expected a whole number from 0 to 4294967295, found -1"),
        (["audit", "nowhere"], "nowhere: expected the folder of a run, found no config.json in it"),
        (["apply", "nowhere", "a.npy"], "nowhere: expected the folder of a run"),
        (["apply", "nowhere"], "FILE: expected at least one file"),
        (["simulate", "arteries", "--count", "0"], "--count: expected at least 1, found 0"),
        (["simulate", "arteries", "--workers", "0"], "--workers: expected at least 1, found 0"),
        (["simulate", "arteries", "--seed", "-1"], "--seed: expected a whole number of at least 0, found -1"),
        (["cite", "Nothing"], "Nothing: expected a recipe or a public name"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(words, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"wellposed: {sentence}")
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_simulation_that_was_stopped_says_how_it_continues(tmp_path, capsys, monkeypatch):
    def stop(out, *_):
        raise KeyboardInterrupt

    monkeypatch.setattr("wellposed.simulate.artery.simulate_arteries", stop)
    assert run("simulate", "arteries", "--count", 3, "--out", tmp_path / "a.h5") == 130
    again = f"wellposed simulate arteries --count 3 --out {tmp_path / 'a.h5'}"
    assert capsys.readouterr().err == f"wellposed: stopped before the end: `{again}` continues\n"


def test_a_training_that_diverges_is_one_sentence_and_code_1(tmp_path, capsys, monkeypatch):
    def diverge(*_):
        raise FloatingPointError("toy: the loss is NaN or infinite in step 7 of 10: lower the learning rate.")

    monkeypatch.setattr("toy_recipe.RECIPE", dataclasses.replace(RECIPE, run=diverge))
    assert run("run", "toy", "--out", tmp_path) == 1
    captured = capsys.readouterr()
    assert captured.err == "wellposed: toy: the loss is NaN or infinite in step 7 of 10: lower the learning rate.\n"
    assert captured.out == ""


def test_a_run_that_was_being_moved_is_resumed_with_its_own_settings(tmp_path, capsys):
    assert run("run", "toy", "--factor", 9, "--out", tmp_path) == 0
    names = [path.name for path in tmp_path.iterdir()]
    (tmp_path / ".replaced").mkdir()
    for name in names:  # as a kill leaves them, before the new run has written its config.json
        (tmp_path / name).rename(tmp_path / ".replaced" / name)
    assert run("run", "toy", "--out", tmp_path, "--resume") == 0
    assert json.loads((tmp_path / "config.json").read_text())["settings"]["factor"] == 9


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["run", "toy", "--fctor", "1"],
        ["run", "toy", "--factor", "x"],
        ["run", "toy", "--preset", "tiny"],
        ["run"],
    ],
)
def test_wrong_options_end_with_code_2(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        run(*words)
    assert capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_audit_and_apply_write_beside_the_run(finished, tmp_path, capsys):
    assert run("audit", finished) == 0
    assert str(finished / "audit.html") in capsys.readouterr().out
    np.save(tmp_path / "y.npy", np.ones((2, 3), np.float32))
    assert run("apply", finished, tmp_path / "y.npy", "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out' / 'y.npy'}\n"
    np.testing.assert_array_equal(np.load(tmp_path / "out" / "y.npy"), np.full((2, 3), 3.0))


def test_cite_prints_bibtex(capsys):
    assert run("cite", "toy") == 0
    assert "@article{boink2019," in capsys.readouterr().out


def start(*words, cwd):
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a background job ignores Ctrl-C
    code = "import toy_recipe, wellposed.cli; raise SystemExit(wellposed.cli.main(None, toy_recipe.RECIPES))"
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    return subprocess.Popen(
        [sys.executable, "-c", f"{hear}; {code}", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_ctrl_c_says_how_to_continue_and_the_run_does(tmp_path):
    process = start("run", "toy", "--pause", "0.2", "--steps", "200", cwd=tmp_path)
    wait_for(tmp_path / "runs/toy/checkpoints/step")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    again = "wellposed run toy --pause 0.2 --steps 200 --resume"
    assert error == f"wellposed: stopped before the end: `{again}` continues\n"
    assert not (tmp_path / "runs/toy/metrics.json").exists()


def test_a_reader_that_has_had_enough_is_no_error(tmp_path):
    with start("cite", "toy", cwd=tmp_path) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 0
