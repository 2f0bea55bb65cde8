"""The settings of the learned SVD recipe, which are also its command line's options."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wellposed.errors import InputError

DistanceName = Literal["squared", "absolute", "huber", "ssim"]


@dataclass(frozen=True)
class Settings:
    """The learned SVD on tomography of real anatomy, beside the classical methods [@boink2019]."""

    images: str = "anatomy"
    """What to reconstruct: "anatomy" (slices of the MNI152 head), "ellipses" (random phantoms), or a file or folder of
    yours: PNG, JPEG, TIFF, DICOM, NIfTI, .npy, .npz, .h5 or IDX."""
    size: int = 64
    """Pixels along a picture's side; pictures of another size are resized."""
    angles: int = 24
    """Number of views."""
    angular_range: float = 180.0
    """Degrees that the views span; less than 180 is limited-angle tomography."""
    geometry: Literal["parallel", "fan"] = "parallel"
    """Parallel beam, or fan beam with the source two picture sides away from the centre, as is the detector. Filtered
    back-projection of a fan beam wants --angular-range 360."""
    detectors: int | None = None
    """Detector elements, one pixel apart; by default as many as see the whole picture."""
    operator: Path | None = None
    """A measurement matrix of your own (.npy, .npz or .h5, of shape data x pixels) in place of the scanner."""
    noise_model: Literal["gaussian", "poisson", "multiplicative"] = "gaussian"
    """White noise; counts of photons behind an absorbing object; or a random gain of each datum."""
    noise: float = 0.05
    """Standard deviation over the data's root mean square; for Poisson, 1 / sqrt(photons per ray)."""
    rank: int = 400
    """Dimension k of the latent space."""
    network: Literal["convolutional", "dense", "linear"] = "convolutional"
    """What the nonlinear L-SVD's coders add to their linear parts."""
    channels: int = 32
    """Channels, or neurons, of the hidden layers."""
    depth: int = 3
    """Hidden layers of each coder."""
    alpha_x: float = 0.1
    """Weight of the signal autoencoder in the nonlinear L-SVD's loss."""
    alpha_y: float = 0.1
    """Weight of the data autoencoder in the nonlinear L-SVD's loss."""
    distances: tuple[DistanceName, DistanceName, DistanceName] = ("squared", "squared", "squared")
    """D1, D2 and D3 of the nonlinear L-SVD's loss."""
    train_images: int = 12000
    """Training pictures; where there are fewer, small random deformations make more."""
    validation_images: int = 64
    """Pictures on which the parameters of the classical methods are chosen, and the best state of the nonlinear map."""
    test_images: int = 200
    """Pictures that the table is made from."""
    linear_steps: int = 2000
    """Training steps of each linear L-SVD, (c) and (d)."""
    sigma_steps: int = 3000
    """Training steps of the data-driven Sigma, (b)."""
    nonlinear_steps: int = 3000
    """Training steps of the nonlinear L-SVD."""
    sweep_steps: int = 300
    """Training steps of each map in the curves of error against rank and against training pictures."""
    sweep_points: int = 5
    """Points on each of the two curves."""
    audit_all: bool = True
    """Ask the six questions of every map, or else of Tikhonov and the nonlinear L-SVD alone."""
    batch: int = 256
    """Pictures in a step of the linear maps; (b) takes a quarter, the nonlinear maps an eighth."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self):
        counts = ("size", "angles", "rank", "batch", "channels", "depth", "sweep_points")
        for name in (*counts, "train_images", "validation_images", "test_images"):
            self._expect(getattr(self, name) >= 1, name, "a whole number of at least 1")
        self._expect(self.detectors is None or self.detectors >= 1, "detectors", "at least 1")
        for name in ("linear_steps", "sigma_steps", "nonlinear_steps", "sweep_steps"):
            self._expect(getattr(self, name) >= 2, name, "at least 2 steps")
        self._expect(self.size >= 16, "size", "at least 16 pixels")
        self._expect(self.angles >= 2, "angles", "at least 2 views")
        self._expect(0 < self.angular_range <= 360, "angular_range", "degrees in (0, 360]")
        self._expect(0 < self.noise < 10, "noise", "a positive ratio below 10, such as 0.05 for 5 %")
        for name in ("alpha_x", "alpha_y"):
            self._expect(0 <= getattr(self, name) < math.inf, name, "a finite weight of at least 0")
        self._expect(self.test_images >= 2, "test_images", "at least 2, so that there is an interval")

    def _expect(self, true: bool, name: str, expected: str) -> None:
        if not true:
            found = getattr(self, name)
            raise InputError(f"--{name.replace('_', '-')}: expected {expected}, found {found}: give another value")


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    "quick": {
        "rank": 200,
        "train_images": 4000,
        "validation_images": 32,
        "test_images": 64,
        "linear_steps": 300,
        "sigma_steps": 1000,
        "nonlinear_steps": 350,
        "sweep_steps": 100,
        "channels": 24,
    },
    "smoke": {
        "size": 24,
        "angles": 10,
        "rank": 40,
        "train_images": 200,
        "validation_images": 6,
        "test_images": 6,
        "linear_steps": 20,
        "sigma_steps": 40,
        "nonlinear_steps": 6,
        "sweep_steps": 4,
        "sweep_points": 2,
        "audit_all": False,
        "batch": 16,
        "channels": 4,
        "depth": 1,
    },
}
