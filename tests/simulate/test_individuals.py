import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.simulate import individuals


@pytest.fixture(scope="module")
def people():
    return {person.name: person for person in individuals(64)}


def test_everybody_is_there_without_a_download(people, monkeypatch):
    assert list(people) == ["CT head", "CT skull base", "CT spine", "MR abdomen", "MR detail", "MR brain"]
    for person in people.values():
        assert person.images.shape[1:] == (64, 64)
        assert 0.0 <= person.images.min() < 0.05
        assert 0.85 < person.images.max() <= 1.0
        assert person.caption.split()[0] in ("X-ray", "MR")


def test_air_is_black_and_bone_is_bright_in_ct(people):
    head = people["CT head"].images[0]
    assert head[0, 0] < 0.02  # outside the round field of view
    assert head[32, 3] < 0.25  # air beside the head
    assert 0.3 < head[34, 32] < 0.6  # brain
    assert head.max() > 0.8  # skull


def test_the_brain_is_upright(people):
    """The frontal lobes are narrower than the occipital half at the level of the ventricles."""
    brain = people["MR brain"].images
    assert len(brain) == 24
    rows, columns = np.nonzero(brain.max(0) > 0.2)
    assert np.ptp(rows) > np.ptp(columns)
    assert abs(columns.mean() - 31.5) < 3.0


def test_a_package_without_its_examples_is_named(monkeypatch):
    import pydicom.data

    monkeypatch.setattr(pydicom.data, "get_testdata_file", lambda *_, **__: None)
    with pytest.raises(InputError, match="expected it inside the pydicom package, found none"):
        individuals(16)
