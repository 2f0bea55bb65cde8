"""Any file of a labelled graph, by its form."""

from pathlib import Path

from wellposed.errors import InputError
from wellposed.io.graph_tables import EDGES, read_ogb
from wellposed.io.graphml import read_graphml
from wellposed.io.labelled_graph import LabelledGraph
from wellposed.io.planetoid import read_planetoid


def read_graph(path: Path) -> LabelledGraph:
    """Read a labelled graph: GraphML, a folder of CSV tables, or Planetoid's files.

    Args:
        path: a `.graphml` file; a folder that holds `edge.csv` or `raw/`; or `FOLDER/NAME` of Planetoid's files.

    Raises:
        InputError: what lies there is none of them, or is damaged.
    """
    path = Path(path)
    if path.suffix == ".graphml":
        return read_graphml(path)
    if path.is_dir() and (
        (path / "raw").is_dir() or any(file.name.removesuffix(".gz") in EDGES for file in path.iterdir())
    ):
        return read_ogb(path)
    if path.is_file():
        raise InputError(
            f"{path}: expected a .graphml file, a folder with edge.csv, node-feat.csv and node-label.csv, or "
            "FOLDER/NAME of Planetoid's files, found another file: an edge list alone has neither features nor labels"
        )
    return read_planetoid(path)
