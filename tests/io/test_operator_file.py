import h5py
import numpy as np
import pytest
import scipy.sparse

from wellposed.errors import InputError
from wellposed.io import operator_file, read_operator

A = np.random.default_rng(0).normal(size=(6, 12))


@pytest.fixture
def path(tmp_path):
    np.save(tmp_path / "A.npy", A)
    return tmp_path / "A.npy"


def test_npy_with_shapes(path):
    record = read_operator(path, in_shape=(3, 4), out_shape=(2, 3))
    np.testing.assert_array_equal(record.matrix, A.astype(np.float32))
    assert (record.in_shape, record.out_shape, record.source) == ((3, 4), (2, 3), str(path))


def test_npz_and_hdf5_take_the_matrix_among_other_fields(tmp_path):
    np.savez(tmp_path / "a.npz", A=A, angles=np.zeros(3))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["model/A"], file["angles"] = A, np.zeros(3)
    for name in ("a.npz", "a.h5", "a.h5:model/A"):
        record = read_operator(f"{tmp_path}/{name}", in_shape=(3, 4))
        np.testing.assert_array_equal(record.matrix, A.astype(np.float32))
        assert record.out_shape == (6,)


@pytest.mark.parametrize("kind", [scipy.sparse.csr_matrix, scipy.sparse.csc_array, scipy.sparse.coo_array])
def test_sparse(tmp_path, kind):
    matrix = np.where(A > 0.5, A, 0.0)
    scipy.sparse.save_npz(tmp_path / "a.npz", kind(matrix))
    np.testing.assert_array_equal(read_operator(tmp_path / "a.npz", in_shape=(3, 4)).matrix, matrix.astype(np.float32))


def test_a_damaged_sparse_file(tmp_path):
    np.savez(tmp_path / "a.npz", format=np.asarray("csr"), shape=np.asarray([2, 2]), data=np.ones(3))
    with pytest.raises(InputError, match=r"expected a sparse matrix .* found a damaged one"):
        read_operator(tmp_path / "a.npz")


def test_columns_that_do_not_fit(path):
    with pytest.raises(
        InputError,
        match=r"A\.npy: expected 16 columns, one for each pixel of \(4, 4\), found 12 \(shape \(6, 12\)\)",
    ):
        read_operator(path, in_shape=(4, 4))
    with pytest.raises(InputError, match="it fits the rows, so transpose the matrix"):
        read_operator(path, in_shape=(2, 3))
    with pytest.raises(InputError, match="expected a square number of columns, one for each pixel, found 12"):
        read_operator(path)


def test_rows_that_do_not_fit(path):
    with pytest.raises(InputError, match=r"expected 8 rows, one for each datum of \(2, 4\), found 6"):
        read_operator(path, in_shape=(3, 4), out_shape=(2, 4))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.ones(4), r"expected a matrix with two axes, found shape \(4,\)"),
        (np.ones((2, 2, 2)), r"expected a matrix with two axes, found shape \(2, 2, 2\)"),
        (np.ones((0, 4)), r"expected a matrix with two axes, found shape \(0, 4\)"),
        (np.ones((2, 4), complex), "expected a matrix of real numbers, found complex128"),
        (np.asarray([[1.0, np.inf, 0.0, 0.0]]), r"found 1 of 4 NaN or infinite, the first at index \(0, 1\)"),
        (np.zeros((2, 4)), "expected a matrix that measures something, found only zeros"),
    ],
)
def test_bad_matrices(tmp_path, matrix, message):
    np.save(tmp_path / "a.npy", matrix)
    with pytest.raises(InputError, match=message):
        read_operator(tmp_path / "a.npy")


@pytest.mark.parametrize("sparse", [False, True])
def test_too_large(tmp_path, monkeypatch, sparse):
    monkeypatch.setattr(operator_file, "MAX_ENTRIES", 10)
    if sparse:
        scipy.sparse.save_npz(tmp_path / "a.npz", scipy.sparse.eye_array(4, format="csr"))
    else:
        np.savez(tmp_path / "a.npz", A=np.eye(4))
    with pytest.raises(InputError, match=r"expected at most 10 entries in a dense matrix, found shape \(4, 4\)"):
        read_operator(tmp_path / "a.npz")


def test_files_that_are_not_there_or_of_another_kind(tmp_path):
    with pytest.raises(InputError, match=r"expected a file with a matrix .* found none"):
        read_operator(tmp_path / "a.npy")
    (tmp_path / "a.mat").touch()
    with pytest.raises(InputError, match=r"expected a matrix as \.npy, \.npz or \.h5, found '\.mat'"):
        read_operator(tmp_path / "a.mat")
