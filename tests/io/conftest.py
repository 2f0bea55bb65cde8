"""Small files of the formats that take more than a line to write."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def picture():
    """Make a picture without symmetry, so that a flip is seen: brightest at the top left."""

    def make(shape=(12, 10), dtype=np.float32) -> np.ndarray:
        rows, columns = np.indices(shape)
        return (1000 - 30 * rows - 7 * columns).astype(dtype)

    return make


@pytest.fixture
def truncate():
    """Cut the end of a file off."""

    def cut(path: Path, keep: float = 0.6) -> Path:
        content = path.read_bytes()
        path.write_bytes(content[: int(keep * len(content))])
        return path

    return cut


@pytest.fixture
def write_dicom():
    """Write pixels (H, W) or (frames, H, W) as uncompressed DICOM."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    def write(path: Path, pixels: np.ndarray | None, **tags) -> Path:
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        data.Modality = "MR"
        if pixels is not None:
            data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
            data.Rows, data.Columns = pixels.shape[-2:]
            data.BitsAllocated = data.BitsStored = 8 * pixels.dtype.itemsize
            data.HighBit, data.PixelRepresentation = data.BitsStored - 1, int(pixels.dtype.kind == "i")
            if pixels.ndim == 3:
                data.NumberOfFrames = len(pixels)
            data.PixelData = pixels.tobytes()
        for name, value in tags.items():
            setattr(data, name, value)
        data.save_as(path, enforce_file_format=True)
        return path

    return write
