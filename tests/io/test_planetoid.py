"""Planetoid's files, made as Python 2 made them, and pickles that want something else."""

import os
import pickle

import numpy as np
import pytest
from planetoid_files import array, lists, sparse, text, write_planetoid

from wellposed.errors import InputError
from wellposed.io import read_planetoid

X = np.diag(np.arange(1, 7, dtype=np.float32))[:, :5]  # of six nodes: four known, one left out, two to judge on
Y = np.eye(2, dtype=np.int32)[[0, 1, 1, 0, 1, 0]]
TEST = (6, 4)  # 5 is left out, as in Citeseer


@pytest.fixture
def folder(tmp_path):
    write_planetoid(tmp_path, "toy", X, Y, 2, TEST, {0: [1, 1, 6], 1: [0], 4: [4, 2], 6: []})
    return tmp_path


def test_reads_the_features_at_their_nodes_and_the_edges_once(folder):
    graph = read_planetoid(folder / "toy")
    np.testing.assert_array_equal(graph.features, np.array([*X[:4], X[5], 0 * X[0], X[4]]))
    assert graph.labels.tolist() == [0, 1, 1, 0, 0, -1, 1]
    assert graph.edges.tolist() == [[0, 1], [0, 6], [1, 0], [2, 4], [4, 2], [6, 0]]
    assert graph.split is not None
    assert [part.tolist() for part in graph.split] == [[0, 1], [2, 3], [4, 6]]
    assert graph.classes == 2
    assert read_planetoid(folder).name == "toy"


class Shell:
    """Runs a command when it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("name", ["eval", "exec", "getattr", "__import__"])
def test_a_builtin_is_refused(folder, name, tmp_path):
    mark = tmp_path / "mark"
    code = f"c__builtin__\n{name}\n(Vopen({str(mark)!r}, 'w')\ntR.".encode()
    (folder / "ind.toy.graph").write_bytes(code)
    with pytest.raises(
        InputError, match=f"ind.toy.graph: expected arrays .* found __builtin__.{name}, which is refused"
    ):
        read_planetoid(folder / "toy")
    assert not mark.exists()


@pytest.mark.parametrize("part", ["x", "ally", "graph"])
def test_a_hostile_pickle_does_not_run(folder, part, tmp_path):
    mark = tmp_path / "mark"
    (folder / f"ind.toy.{part}").write_bytes(pickle.dumps(Shell(f"touch {mark}")))
    with pytest.raises(InputError, match="which is refused because unpickling runs code"):
        read_planetoid(folder / "toy")
    assert not mark.exists()


def test_arrays_of_objects_are_refused(folder):
    objects = b"\x80\x02" + array(Y[:2], "O8", b"](K\x01K\x02K\x03K\x04e") + b"."
    (folder / "ind.toy.y").write_bytes(objects)
    with pytest.raises(InputError, match="found an array of Python objects"):
        read_planetoid(folder / "toy")


@pytest.mark.parametrize(
    "name", ["numpy\ndtype", "numpy\nndarray", "scipy.sparse.csr\ncsr_matrix", "__builtin__\nlist"]
)
def test_a_pickle_cannot_change_what_it_may_build(folder, name):
    state = b"(}" + text("x") + b"K\x01s}" + text("__setstate__") + b"K\x01std"
    (folder / "ind.toy.graph").write_bytes(b"\x80\x02c" + name.encode() + b"\n" + state.replace(b"td", b"tb") + b".")
    with pytest.raises(InputError, match="found a damaged one"):
        read_planetoid(folder / "toy")
    (folder / "ind.toy.graph").write_bytes(lists({0: [1]}))
    assert len(read_planetoid(folder / "toy").edges) == 2


@pytest.mark.parametrize("part", ["x", "ty", "graph", "test.index"])
def test_a_damaged_file_is_named(folder, part):
    path = folder / f"ind.toy.{part}"
    path.write_bytes(path.read_bytes()[:-9] + (b"x" if part == "test.index" else b""))
    with pytest.raises(InputError, match=f"ind.toy.{part}: expected a whole file of Planetoid, found a damaged one"):
        read_planetoid(folder / "toy")


def test_a_matrix_that_points_outside_is_refused(folder):
    good = sparse(X[:2])
    (folder / "ind.toy.x").write_bytes(good.replace(array(np.array([0, 1], "i4")), array(np.array([0, 99999], "i4"))))
    with pytest.raises(InputError, match="damaged"):
        read_planetoid(folder / "toy")


def test_what_does_not_fit_together_is_said(folder):
    (folder / "ind.toy.test.index").write_text("6\n")
    with pytest.raises(InputError, match=r"expected 2 nodes to judge on, numbered from 4, .* found 1 from 6"):
        read_planetoid(folder / "toy")
    with pytest.raises(InputError, match="found none: get them from"):
        read_planetoid(folder / "other")
    (folder / "ind.toy.y").unlink()
    with pytest.raises(InputError, match=r"ind.toy.y: expected a file of Planetoid, found none"):
        read_planetoid(folder / "toy")
    (folder / "ind.more.graph").touch()
    with pytest.raises(InputError, match="found those of more, toy: say"):
        read_planetoid(folder)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (b"\x80\x02]r\xff\xff\xff\x7f.", "number 2147483647 in the memo of a file of 9 bytes"),
        (b"]p99999999999\n.", "number 99999999999 in the memo"),
        (b"\x80\x02]" + 40 * b"c__builtin__\nlist\n)R0" + b".", "more than 32 objects"),
        (b"\x80\x02c__builtin__\nlist\n(](K\x01et\x52.", "damaged"),
    ],
)
def test_a_short_file_cannot_ask_for_much_memory(folder, code, said):
    (folder / "ind.toy.graph").write_bytes(code)
    with pytest.raises(InputError, match=f"ind.toy.graph: .*{said}"):
        read_planetoid(folder / "toy")


def test_a_list_that_is_there_many_times_is_refused(folder):
    shared = b"](" + 200 * b"K\x01" + b"eq\x01"
    items = b"K\x00" + shared + b"".join(b"K" + bytes([i]) + b"h\x01" for i in range(1, 200))
    (folder / "ind.toy.graph").write_bytes(
        b"\x80\x02ccollections\ndefaultdict\n(c__builtin__\nlist\ntR(" + items + b"u."
    )
    with pytest.raises(InputError, match="40000 neighbours in"):
        read_planetoid(folder / "toy")


def test_a_table_too_large_to_be_written_out_is_refused(folder):
    large = sparse(X[:2]).replace(b"J\x05\x00\x00\x00tub.", b"J\xff\xff\xff\x7ftub.")
    (folder / "ind.toy.x").write_bytes(large)
    with pytest.raises(InputError, match=r"ind.toy.x: .*a table of 4294967294 numbers, more than 2e\+09 bytes"):
        read_planetoid(folder / "toy")


@pytest.mark.parametrize("code", ["f4,O", "f4,f4", "(2)f4", "U4", "f"])
def test_types_that_are_no_number_are_refused(folder, code):
    (folder / "ind.toy.y").write_bytes(b"\x80\x02" + array(Y[:2], code) + b".")
    with pytest.raises(InputError, match="found an array of Python objects"):
        read_planetoid(folder / "toy")


def test_types_said_in_bytes_are_refused(folder):
    content = (b"\x80\x03" + array(Y[:2]) + b".").replace(text("i4"), b"C\x01O")
    (folder / "ind.toy.y").write_bytes(content)
    with pytest.raises(InputError, match="found an array of Python objects"):
        read_planetoid(folder / "toy")


@pytest.mark.parametrize(
    ("part", "values", "said"),
    [
        ("x", X[:3], "as many rows as x has, fewer than the 4 of allx, found 3 in x and 2 in y"),
        ("y", Y[1:3], "ind.toy.y: expected the first rows of ally, found others"),
        ("tx", X[4:, :4], "ind.toy.tx: expected 5 columns, as allx has, found 4"),
        ("ty", np.eye(3, dtype=np.int32)[:2], "ind.toy.ty: expected 2 columns, as ally has, found 3"),
    ],
)
def test_tables_of_other_graphs_are_said(folder, part, values, said):
    content = sparse(values) if "x" in part else b"\x80\x02" + array(values) + b"."
    (folder / f"ind.toy.{part}").write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_planetoid(folder / "toy")


def test_a_test_node_far_off_is_said(folder):
    (folder / "ind.toy.test.index").write_text("6\n4000000000\n")
    with pytest.raises(InputError, match=r"test.index: expected numbers below 8, found 4000000000"):
        read_planetoid(folder / "toy")
