"""The tables of MAF, from small files in the published layout."""

import h5py
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import read_maf


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def saved(folder, name, values):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, values)


def test_miniboone_is_split_and_standardised(tmp_path, rng):
    values = 3 + 2 * rng.normal(size=(200, 43))
    saved(tmp_path, "miniboone/data.npy", values)
    splits = read_maf("MINIBOONE", tmp_path)
    assert [len(part) for part in splits] == [162, 18, 20]
    known = np.vstack(splits[:2])
    assert np.allclose(known.mean(0), 0)
    assert np.allclose(known.std(0), 1)
    assert np.allclose(splits.test, (values[180:] - values[:180].mean(0)) / values[:180].std(0))


def test_power_loses_two_columns_and_its_rounding(tmp_path, rng):
    saved(tmp_path, "power/data.npy", np.round(rng.normal(size=(300, 8)), 0))
    train, _, test = read_maf("POWER", tmp_path)
    assert train.shape[1] == test.shape[1] == 6
    assert all(len(np.unique(column)) == len(train) for column in train.T[:5])
    assert len(np.unique(train[:, 5])) < len(train)


def test_gas_loses_columns_that_repeat_others(tmp_path, rng):
    values = rng.normal(size=(400, 3))
    saved(tmp_path, "gas/ethylene_CO.npy", np.hstack([values, values[:, :1] + 1e-3 * rng.normal(size=(400, 1))]))
    assert read_maf("GAS", tmp_path).train.shape == (324, 3)


def test_a_pickle_is_not_read(tmp_path):
    (tmp_path / "gas").mkdir()
    (tmp_path / "gas/ethylene_CO.pickle").write_bytes(b"cos\nsystem\n")
    with pytest.raises(InputError, match=r"found a pickle, which is code and is not read: .* numpy.save"):
        read_maf("GAS", tmp_path)


def test_hepmass_keeps_signals_and_columns_that_vary(tmp_path, rng):
    (tmp_path / "hepmass").mkdir()
    for part, extra in (("train", 0), ("test", 1)):
        label = np.arange(60) % 2
        columns = [label, rng.normal(size=60), np.ones(60), rng.normal(size=60), *[np.zeros(60)] * extra]
        header = "label," + ",".join(f"f{i}" for i in range(len(columns) - 1))
        np.savetxt(
            tmp_path / f"hepmass/1000_{part}.csv", np.array(columns).T, delimiter=",", header=header, comments=""
        )
    splits = read_maf("HEPMASS", tmp_path)
    assert [part.shape for part in splits] == [(27, 2), (3, 2), (30, 2)]


def test_bsds300_is_read_as_it_is(tmp_path, rng):
    (tmp_path / "BSDS300").mkdir()
    parts = {name: rng.normal(size=(n, 63)) for name, n in (("train", 5), ("validation", 3), ("test", 4))}
    with h5py.File(tmp_path / "BSDS300/BSDS300.hdf5", "w") as file:
        for name, values in parts.items():
            file[name] = values
    assert all(np.array_equal(a, b) for a, b in zip(read_maf("BSDS300", tmp_path), parts.values(), strict=True))


@pytest.mark.parametrize("name", ["POWER", "GAS", "HEPMASS", "MINIBOONE", "BSDS300"])
def test_a_missing_table_says_where_to_get_it(tmp_path, name):
    with pytest.raises(InputError, match=r"no such file: get data.tar.gz from https://zenodo.org/records/1161203"):
        read_maf(name, tmp_path)
