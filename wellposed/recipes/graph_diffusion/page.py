"""The page of a run."""

from collections.abc import Mapping

import numpy as np

from wellposed.report import Cell, Column, Headline, Item, Page, Picture, Section, Table, curves

from .drawing import attention, embeddings
from .learn import Trained
from .record import share
from .run import Findings

FLOW_TEXT = (
    "GRAND-l [@chamberlain2021] encodes the features of a node, lets the states flow by dX/dt = a (A - I) X + b X(0) "
    "over the edges, and decodes. A is attention between the ends of each edge, a row-stochastic matrix, so that the "
    "flow without source stays within the range of its start (the maximum principle) and loses energy."
)
DEPTH_TEXT = (
    "Each layer of a graph convolution averages neighbours, so that after many layers all nodes are alike and cannot "
    "be told apart: over-smoothing. Diffusion with a source keeps its start in sight, and the layers of PDE-GCN "
    "[@eliasof2021] are time steps of a stable PDE. All are trained anew at each depth; a step of GRAND-l is one unit "
    "of time."
)
COMPONENT_TEXT = (
    "The accuracies published with GRAND are those of the largest connected component, with splits drawn anew: twenty "
    "nodes of each class to learn from, the rest of 1,500 nodes to choose by. That is not the split above, so both are "
    "here. Settings are those of the table above, which is no clean comparison: the test nodes here hold nodes that "
    "the split above learns from and chooses by."
)


def page(found: Findings) -> Page:
    """Everything that was found."""
    problem, s = found.problem, found.settings
    train, validation, test = (len(part) for part in problem.split)
    lead = (
        f"The graph ({problem.name}) has {problem.graph.nodes} nodes with {problem.inputs} features and "
        f"{len(problem.graph.source) - problem.graph.nodes} directed edges. From the labels of {train} nodes, networks "
        f"learn the {problem.classes} classes of all others. Of each training the network is kept that does best on "
        f"{validation} validation nodes; accuracy is that on {test} test nodes, from {s.seeds} starts of each method."
    )
    sections = [Section("Accuracy", "", [_accuracies(found.methods, "the full graph")])]
    if found.component:
        text = COMPONENT_TEXT + f" The component has {found.component_nodes} nodes."
        sections.append(Section("The published setting", text, [_accuracies(found.component, "the component")]))
    if found.depth:
        sections.append(Section("Depth", DEPTH_TEXT, [_depth(found), _spread(found)]))
    if found.energies is not None:
        sections.append(Section("Along diffusion time", FLOW_TEXT, _flow(found)))
    return Page("Graph neural diffusion", lead, sections, _headlines(found))


def _headlines(found: Findings) -> list[Headline]:
    lines = [
        Headline(name, float(run.accuracy.mean()), "%", f"test accuracy, mean of {len(run.accuracy)} seeds", 1)
        for name, run in found.methods.items()
    ]
    if found.energies is not None:
        error = found.energies.stochasticity_error
        lines.append(Headline("Row sums of attention", error, "", "largest distance from 1", None))
    return lines


def _accuracies(runs: Mapping[str, Trained], where: str) -> Table:
    columns = (
        "Method",
        Column("Test accuracy", "%", "max", 1),
        Column("Validation accuracy", "%", "none", 1),
        Column("Time", "s", "min", 1, "One training of all steps, compilation not included."),
        Column("Parameters", "", "none", 0),
    )
    rows = [
        (name, _share(run.accuracy), _share(run.validation), float(run.seconds.mean()), run.parameters)
        for name, run in runs.items()
    ]
    seeds = len(next(iter(runs.values())).accuracy)
    return Table(columns, rows, f"On {where}: means over {seeds} seeds, with 95 % intervals of the mean.")


def _share(values: np.ndarray) -> Cell:
    return Cell(*share(values)[:3])


def _depth(found: Findings) -> Item:
    depths = np.array(found.settings.depths)
    series = {name: (depths, study.accuracy.mean(1)) for name, study in found.depth.items()}
    return Picture(
        lambda: curves(series, "layers, or steps of time", "test accuracy (%)", "log"),
        f"Test accuracy against depth, mean of {found.settings.depth_seeds} trainings.",
        "The convolution's curve falls with depth, the others stay level.",
    )


def _spread(found: Findings) -> Item:
    depths = np.array(found.settings.depths)
    series = {name: (depths, np.maximum(study.spread, 1e-8)) for name, study in found.depth.items()}
    return Picture(
        lambda: curves(series, "layers, or steps of time", "|x - mean over nodes| / |x|", "log", "log"),
        "How much of the last state tells nodes apart: at 0 all nodes are alike. First seed.",
        "One curve for each architecture.",
    )


def _flow(found: Findings) -> list[Item]:
    e = found.energies
    assert e is not None, "asked for only where there are energies"
    floor = 1e-12
    energy = {"without source": (e.times, np.maximum(e.energy, floor))}
    smooth = {
        "with source": (e.times, np.maximum(e.smoothness, floor)),
        "without source": (e.times, np.maximum(e.bare_smoothness, floor)),
    }
    end = e.times[-1] / 3
    problem = found.problem
    return [
        Picture(
            lambda: embeddings(problem, e),
            "The states of the nodes along the time of the flow, on the two main axes of the last; colours and marks "
            "are classes.",
            "Clouds of points that part into classes.",
        ),
        Picture(
            lambda: curves(energy, "time", "Dirichlet energy over its start", "linear", "log"),
            f"The Dirichlet energy of the flow, which was trained until t = {end:.3g}, with its source taken away: "
            "diffusion alone makes neighbours alike.",
            "A falling curve.",
        ),
        Picture(
            lambda: curves(smooth, "time", "energy over squared spread", "linear", "log"),
            "The Dirichlet energy over the squared spread of the states around their mean: how rough a state is, "
            "whatever its scale.",
            "With source the curve levels off, without it falls on.",
        ),
        Picture(
            lambda: attention(problem, e),
            "Attention on the edges around one node: the wider and darker, the larger the share that one end has in "
            "the other's mean (of the two directions the larger).",
            "A drawing of a part of the graph.",
        ),
    ]
