"""The command line: `wellposed list | run | audit | apply | simulate | cite`."""

import dataclasses
import functools
import importlib.util
import inspect
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from wellposed.errors import InputError
from wellposed.recipes import RECIPES, Entry, Plan, load_recipe

_ABOUT = """Learned maps you can trust: learn maps for inverse problems, and audit them.

`wellposed --version` prints the version.
"""


@dataclass(frozen=True)
class RunOptions:
    """The options that every recipe has."""

    out: Path
    """Folder that the run is written to."""
    preset: Literal["full", "quick", "smoke"] = "full"
    """Size of the run: the published one, an honest one within minutes, or every stage within a minute."""
    x64: bool = False
    """Compute in float64."""
    resume: tyro.conf.FlagCreatePairsOff[bool] = False
    """Continue a run that was stopped, with its settings; a new folder begins a new run."""
    overwrite: tyro.conf.FlagCreatePairsOff[bool] = False
    """Replace an earlier run in the folder; it comes back if the new one fails."""


def main(arguments: Sequence[str] | None = None, recipes: Mapping[str, Entry] = RECIPES) -> int:
    """Run one command and give its exit code: 0, 1 for a training that diverged, 2 for bad input, 130 after Ctrl-C.

    Args:
        arguments: the words behind `wellposed`; None takes those of the process.
        recipes: the recipes that there are.

    Example:
        >>> main(["--version"])  # doctest: +ELLIPSIS
        wellposed ...
        0
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _dispatch(words, recipes)
        sys.stdout.flush()
    except InputError as error:
        print(f"wellposed: {error}", file=sys.stderr)
        return 2
    except FloatingPointError as error:  # from `fit`: its sentence names the step and the way out
        print(f"wellposed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        kept = [word for word in words if word != "--overwrite"]
        again = {"run": [*kept, "--resume"], "simulate": kept}.get(words[0], []) if words else []
        hint = f": `{' '.join(['wellposed', *again])}` continues" if again and "--resume" not in words else ""
        print(f"wellposed: stopped before the end{hint}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has had enough; Python's exit must not flush into it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _dispatch(words: list[str], recipes: Mapping[str, Entry]) -> None:
    if words[:1] == ["--version"]:
        from wellposed import __version__

        print(f"wellposed {__version__}")
    elif words[:1] == ["run"] and words[1:] and not words[1].startswith("-"):
        _run(words[1], words[2:], recipes)
    else:
        tyro.extras.subcommand_cli_from_dict(
            _commands(recipes),
            args=words or ["--help"],
            prog="wellposed",
            description=_ABOUT,
            sort_subcommands=False,
        )


def _commands(recipes: Mapping[str, Entry]) -> dict[str, Any]:
    def show() -> None:
        """Show the recipes with a line each."""
        width = max(map(len, recipes), default=0)
        for name, entry in recipes.items():
            print(f"{name:{width}}  {entry.summary}")

    names = tyro.conf.arg(metavar="NAME", help=f"the recipe: {', '.join(recipes)}")
    folder = tyro.conf.arg(metavar="RUN_FOLDER", help="folder of a finished run")
    inputs = tyro.conf.arg(metavar="FILE...", help="files to apply the map to")
    target = tyro.conf.arg(help="folder for the answers; by default `answers` in the run's folder")
    cited = tyro.conf.arg(metavar="NAME", help="a recipe, or a name such as `inverse.TotalVariation`")

    def run(name: Annotated[tyro.conf.Positional[str], names]) -> None:
        """Run a recipe: `wellposed run NAME --help` shows its options."""
        raise InputError(f"run: expected the name of the recipe as its first word, found {name} behind an option")

    def audit(run_folder: Annotated[tyro.conf.Positional[Path], folder]) -> None:
        """Ask six questions of a trained map: writes audit.html and audit.json into its folder."""
        _audit(run_folder, recipes)

    def apply(
        run_folder: Annotated[tyro.conf.Positional[Path], folder],
        files: Annotated[tyro.conf.Positional[tuple[Path, ...]], inputs],
        out: Annotated[Path | None, target] = None,
    ) -> None:
        """Apply a trained map to files: the answers are written in the format of the inputs."""
        from wellposed.recipes import apply_run

        for path in apply_run(run_folder, files, out, recipes):
            print(path)

    def cite(name: Annotated[tyro.conf.Positional[str], cited]) -> None:
        """Print in BibTeX what a recipe or a public name of the library rests on."""
        _cite(name, recipes)

    return {"list": show, "run": run, "audit": audit, "apply": apply, "simulate": _simulate, "cite": cite}


def _simulate(
    what: tyro.conf.Positional[Literal["arteries"]],
    count: int = 240,
    kind: Literal["single", "bifurcating"] = "single",
    out: Path = Path("arteries.h5"),
    workers: int = 2,
    scheduler: str | None = None,
    seed: int = 0,
) -> None:
    """Simulate a data set; after an interruption the same command continues.

    Args:
        what: blood flow in arteries, with the shear stress on their walls.
        count: cases that are tried; one that does not converge is left out.
        kind: vessels with bends, taper and stenoses; a bifurcating one splits into two.
        out: the HDF5 file, in the layout of the published artery data.
        workers: processes on this machine.
        scheduler: a Dask scheduler, such as tcp://host:8786, to use instead.
        seed: of the drawn shapes.
    """
    del what
    from wellposed.simulate.artery import simulate_arteries, with_dask

    say = functools.partial(print, flush=True)  # into a log, too, line by line
    simulate_arteries(out, count, kind, seed, with_dask(workers, scheduler), say)


def _run(name: str, words: Sequence[str], recipes: Mapping[str, Entry]) -> None:
    from wellposed.recipes import run_recipe
    from wellposed.report import print_page

    recipe = load_recipe(name, recipes)
    options, plan = _parse_run(name, words, recipes)
    record = run_recipe(recipe, plan, options.out, resume=options.resume, overwrite=options.overwrite)
    print_page(record.page)
    print(f"\n{options.out / 'report.html'}")


def _parse_run(name: str, words: Sequence[str], recipes: Mapping[str, Entry]) -> tuple[RunOptions, Plan]:
    """Options and settings: what is not given comes from the run to be resumed, else from the preset."""
    recipe = load_recipe(name, recipes)
    command = f"wellposed run {name}"
    known = [word for word in words if word not in ("-h", "--help")]
    first, _ = tyro.cli(
        RunOptions, args=known, default=RunOptions(Path("runs", name)), prog=command, return_unknown_args=True
    )
    plan = _begun(first, recipes) or Plan(name, recipe.preset(first.preset), first.preset, first.x64)
    defaults = RunOptions(Path("runs", name), plan.preset, plan.x64)
    unnamed = tyro.conf.arg(name="")
    both = dataclasses.make_dataclass(
        "Run",
        [("options", Annotated[RunOptions, unnamed]), ("settings", Annotated[recipe.settings, unnamed])],
    )
    parsed = tyro.cli(both, args=words, default=both(defaults, plan.settings), prog=command, description=_help(recipe))
    return parsed.options, Plan(name, parsed.settings, parsed.options.preset, parsed.options.x64)


def _begun(options: RunOptions, recipes: Mapping[str, Entry]) -> Plan | None:
    """The plan of the run that is to be resumed, if there is one."""
    if not options.resume:
        return None
    from wellposed.recipes import read_plan
    from wellposed.recipes.run_folder import recover

    recover(options.out)
    if not (options.out / "config.json").is_file():
        return None
    return read_plan(options.out, recipes)[1]


def _help(recipe: Any) -> str:
    return inspect.cleandoc(recipe.settings.__doc__ or "")


def _audit(folder: Path, recipes: Mapping[str, Entry]) -> None:
    from wellposed.recipes import audit_run
    from wellposed.report import print_page

    print_page(audit_run(folder, recipes).page)
    print(f"\n{folder / 'audit.html'}")


def _cite(name: str, recipes: Mapping[str, Entry]) -> None:
    from wellposed.cite import references_of, rests_on

    if name in recipes:
        source = importlib.util.find_spec(recipes[name].module)
        references = references_of(Path(source.origin)) if source and source.origin else ()
    else:
        references = rests_on(name)
    print("\n\n".join(reference.bibtex for reference in references))
