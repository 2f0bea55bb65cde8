"""Graphs from tables and from GraphML, and what is said of bad ones."""

import gzip

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import read_edge_list, read_graph, read_graphml, read_ogb


@pytest.fixture
def tables(tmp_path):
    raw = tmp_path / "toy" / "raw"
    raw.mkdir(parents=True)
    (raw / "edge.csv.gz").write_bytes(gzip.compress(b"0,1\n1,2\n1,0\n2,2\n"))
    (raw / "node-feat.csv").write_text("1,0.5\n2,0\n3,-1\n")
    (raw / "node-label.csv").write_text("1\nnan\n0\n")
    split = tmp_path / "toy" / "split" / "time"
    split.mkdir(parents=True)
    for part, node in (("train", 0), ("valid", 1), ("test", 2)):
        (split / f"{part}.csv").write_text(f"{node}\n")
    return tmp_path / "toy"


def test_reads_the_tables_of_ogb(tables):
    graph = read_graph(tables)
    assert graph.edges.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert graph.labels.tolist() == [1, -1, 0]
    np.testing.assert_array_equal(graph.features, [[1, 0.5], [2, 0], [3, -1]])
    assert graph.split is not None
    assert [part.tolist() for part in graph.split] == [[0], [1], [2]]
    assert graph.name == "toy"


def test_says_which_table_is_wrong(tables):
    raw = tables / "raw"
    (raw / "node-label.csv").write_text("1\n0\n")
    with pytest.raises(
        InputError, match=r"node-label.csv: expected one label for each of 3 nodes, found a table \(2, 1\)"
    ):
        read_ogb(tables)
    (raw / "node-feat.csv").write_text("1,2\n1\n")
    with pytest.raises(InputError, match=r"node-feat.csv: expected rows of equally many numbers"):
        read_ogb(tables)
    (raw / "node-feat.csv").write_text("1\n1\n")
    (raw / "node-label.csv").write_text("1\n0\n")
    with pytest.raises(InputError, match="found 2 rows and an edge of node 2"):
        read_ogb(tables)
    (raw / "node-feat.csv").unlink()
    with pytest.raises(InputError, match=r"expected a table node-feat.csv or features.csv"):
        read_ogb(tables)


def test_a_split_outside_the_graph_is_said(tables):
    (tables / "split" / "time" / "test.csv").write_text("9\n")
    with pytest.raises(InputError, match=r"test.csv: expected whole numbers, 0 to 2, found 9"):
        read_ogb(tables)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("edge.csv", b"0.0,2.0\n1.0,2.0\n", "edge.csv: expected whole numbers of nodes, .* found '0.0,2.0'"),
        ("edge.csv", b"source,target\na,b\n", "expected whole numbers of nodes, .* found 'source,target'"),
        ("edge.csv", b"0," + 30 * b"9" + b"\n", "expected whole numbers of nodes, .* found '0,9999"),
        ("edge.csv", "0,²\n".encode(), "expected whole numbers of nodes, .* found '0,²'"),
        ("edge.csv", b"", "edge.csv: expected edges"),
        ("node-feat.csv", b"", "node-feat.csv: expected rows of numbers, found none"),
        ("node-label.csv", b"0\n0.5\n1\n", "node-label.csv: expected whole numbers, -1 to 2, found 0.5"),
        ("node-label.csv", b"0\n1e15\n1\n", "node-label.csv: expected whole numbers, -1 to 2, found 1e"),
    ],
)
def test_bad_tables_are_said(tables, name, content, said):
    (tables / "raw" / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_ogb(tables)


def test_damaged_archives_are_said(tmp_path):
    whole = gzip.compress(b"0,1\n" * 100)
    path = tmp_path / "edges.csv.gz"
    for content in (whole[:20], whole[:10] + 8 * b"\xff" + whole[18:], b"no archive"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="expected a table as text"):
            read_edge_list(path)


def test_edge_lists_with_a_number_far_off_are_said(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("0,99999999999\n")
    with pytest.raises(InputError, match="numbers of nodes up to 10000000, found 99999999999"):
        read_edge_list(path)


@pytest.mark.parametrize("text", ["a b\nb c 0.5\n", "# names\na,b\nb,c\n", "a\tb\nb\tc\n"])
def test_edge_lists_have_names(tmp_path, text):
    path = tmp_path / "edges.txt"
    path.write_text(text)
    edges, names = read_edge_list(path)
    assert edges.tolist() == [[0, 1], [1, 2]]
    assert names == ["a", "b", "c"]


def test_edge_lists_keep_whole_numbers_and_skip_a_header(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("source,target\n0,3\n1,0\n")
    edges, names = read_edge_list(path)
    assert edges.tolist() == [[0, 3], [1, 0]]
    assert len(names) == 4
    path.write_text("0,1\n2\n")
    with pytest.raises(InputError, match="found 1 word in edge 2"):
        read_edge_list(path)
    path.write_text("# nothing\n")
    with pytest.raises(InputError, match="expected edges"):
        read_edge_list(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="expected a table as text"):
        read_edge_list(path)


def test_reads_graphml(tmp_path):
    import networkx

    graph = networkx.Graph()
    for node, label, part in (("x", "cat", "train"), ("y", "dog", "validation"), ("z", "cat", "test")):
        graph.add_node(node, label=label, split=part, size=len(label) * 1.5, colour="red", age=7)
    graph.add_edges_from([("x", "y"), ("y", "z")])
    path = tmp_path / "pets.graphml"
    networkx.write_graphml(graph, path)
    found = read_graph(path)
    assert found.labels.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(found.features, [[7, 4.5]] * 3)
    assert found.edges.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert found.split is not None
    assert [part.tolist() for part in found.split] == [[0], [1], [2]]


def test_graphml_labels_in_other_digits_are_words(tmp_path):
    import networkx

    graph = networkx.path_graph(3)
    networkx.set_node_attributes(graph, {0: "²", 1: "10", 2: "9"}, "label")
    networkx.set_node_attributes(graph, dict.fromkeys(graph, 1.0), "size")
    networkx.write_graphml(graph, tmp_path / "odd.graphml")
    assert read_graphml(tmp_path / "odd.graphml").labels.tolist() == [2, 1, 0]


def test_says_what_graphml_lacks(tmp_path):
    import networkx

    path = tmp_path / "bad.graphml"
    path.write_text("<graphml>")
    with pytest.raises(InputError, match="expected a GraphML file"):
        read_graphml(path)
    graph = networkx.path_graph(2)
    networkx.write_graphml(graph, path)
    with pytest.raises(InputError, match="expected nodes with an attribute 'label'"):
        read_graphml(path)
    networkx.set_node_attributes(graph, dict.fromkeys(graph, "a"), "label")
    networkx.write_graphml(graph, path)
    with pytest.raises(InputError, match="expected nodes with numeric attributes"):
        read_graphml(path)


def test_what_is_no_graph_is_said(tmp_path):
    path = tmp_path / "edges.txt"
    path.write_text("0 1\n")
    with pytest.raises(InputError, match="an edge list alone has neither features nor labels"):
        read_graph(path)
