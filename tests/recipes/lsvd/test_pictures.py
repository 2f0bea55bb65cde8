"""Where the pictures come from, and that the splits do not touch."""

import numpy as np
import pytest

from wellposed.recipes.lsvd.pictures import SPLITS, data
from wellposed.recipes.lsvd.settings import PRESETS, Settings

SMALL = {**PRESETS["smoke"], "size": 16, "rank": 5, "train_images": 30, "validation_images": 4, "test_images": 5}


@pytest.mark.parametrize("images", ["anatomy", "ellipses"])
def test_sets_have_their_sizes_and_differ(images):
    sets = {split: data(Settings(**{**SMALL, "images": images}), split) for split in SPLITS}
    assert [len(x) for x in sets.values()] == [30, 4, 5]
    for x in sets.values():
        assert x.shape[1:] == (16, 16)
        assert 0 <= x.min() <= x.max() <= 1 + 1e-6
    assert not np.allclose(sets["train"][:4], sets["validation"])


def test_a_seed_gives_the_same_pictures():
    a, b, c = (data(Settings(**{**SMALL, "seed": seed}), "test") for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.allclose(a, c)


def test_files_are_split_in_their_order(tmp_path):
    marks = np.random.default_rng(0).random((50, 16, 16)).astype(np.float32)
    marks[:, 0, 0] = np.arange(50) / 49
    np.save(tmp_path / "scans.npy", marks)
    settings = Settings(**{**SMALL, "images": str(tmp_path / "scans.npy"), "train_images": 40})
    order = lambda split: np.argsort(data(settings, split)[:, 0, 0])
    train, validation, test = (data(settings, split) for split in SPLITS)
    assert [len(x) for x in (train, validation, test)] == [40, 4, 4]
    assert train[:, 0, 0].max() < validation[:, 0, 0].min() < test[:, 0, 0].min()
    np.testing.assert_array_equal(order("train"), np.arange(40))


def test_few_files_are_deformed_into_many(tmp_path):
    np.save(tmp_path / "scans.npy", np.random.default_rng(0).random((22, 16, 16)).astype(np.float32))
    settings = Settings(**{**SMALL, "images": str(tmp_path / "scans.npy")})
    train = data(settings, "train")
    assert len(train) == 30
    assert len(np.unique(train.reshape(30, -1), axis=0)) == 30


def test_unknown_split():
    with pytest.raises(ValueError, match="expects a split of train, validation, test, got 'dev'"):
        data(Settings(**SMALL), "dev")
