"""Pictures of single persons, for tests out of distribution: what pydicom and nibabel carry."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from wellposed.errors import InputError
from wellposed.io.images import read_images

_PYDICOM = {
    "CT head": (
        "693_J2KI.dcm",
        "X-ray CT of one person's head at the level of the brain, in its head rest; Hounsfield units (pydicom)",
    ),
    "CT skull base": (
        "J2K_pixelrep_mismatch.dcm",
        "X-ray CT of one person's skull base with sinuses and ear bones; Hounsfield units (pydicom)",
    ),
    "CT spine": (
        "CT_small.dcm",
        "X-ray CT detail around one person's thoracic vertebra, cut off at all edges (pydicom's CT_small)",
    ),
    "MR abdomen": (
        "examples_overlay.dcm",
        "MR of one person's abdomen, T1 with fat suppression, with a lesion in the liver (pydicom)",
    ),
    "MR detail": (
        "MR_small.dcm",
        "MR detail of 2 cm, female patient, cut off at all edges, body part not recorded (pydicom's MR_small)",
    ),
}
_NIBABEL = (
    "MR brain",
    "example4d.nii.gz",
    "MR of one person's brain, fast echo-planar T2* pictures with their distortions, axial slices (nibabel)",
)


class Individual(NamedTuple):
    """Pictures of one person.

    Attributes:
        name: modality and body part.
        caption: what the pictures are and where they come from.
        images: shape (n, size, size), float32 in [0, 1].
    """

    name: str
    caption: str
    images: Float[np.ndarray, "n size size"]


def individuals(size: int) -> tuple[Individual, ...]:
    """Real pictures of single persons, of other modalities and body parts than the MNI152 template.

    They lie inside the installed packages pydicom and nibabel; nothing is downloaded. Each file is scaled to
    [0, 1] as `io.read_images` does.

    Args:
        size: pixels along a side.

    Returns:
        five of single slices (three CT, two MR) and one brain of 24 slices.

    Raises:
        InputError: an installation of pydicom or nibabel that left out its example files.

    Example:
        >>> [person.name for person in individuals(32)]
        ['CT head', 'CT skull base', 'CT spine', 'MR abdomen', 'MR detail', 'MR brain']
    """
    import nibabel

    name, file, caption = _NIBABEL
    path = Path(nibabel.__file__).parent / "tests" / "data" / file
    people = [(name, caption, _dicom_path(file)) for name, (file, caption) in _PYDICOM.items()]
    people.append((name, caption, path))
    return tuple(Individual(name, caption, read_images(path, size).images) for name, caption, path in people)


def _dicom_path(file: str) -> Path:
    from pydicom.data import get_testdata_file

    path = get_testdata_file(file, download=False)
    if path is None:
        raise InputError(f"{file}: expected it inside the pydicom package, found none: reinstall pydicom")
    return Path(str(path))
