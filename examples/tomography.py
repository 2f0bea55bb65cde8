"""Sparse-view tomography with the classical methods: an operator, its SVD, and parameters chosen without the truth."""

import jax
import jax.numpy as jnp

from wellposed.inverse import FBP, Tikhonov, TotalVariation, discrepancy, gcv
from wellposed.metrics import psnr
from wellposed.operators import Radon, svd
from wellposed.simulate import gaussian, shepp_logan

A = Radon((32, 32), angles=jnp.linspace(0, jnp.pi, 20, endpoint=False))
x = shepp_logan(32)
y = gaussian(jax.random.key(0), A.mv(x), level=0.03)
noise = jnp.linalg.norm(y - A.mv(x))

full = svd(A)
alphas = jnp.geomspace(1e-2, 1e3, 40)
maps = {
    "filtered back-projection": FBP(A, "hann"),
    "Tikhonov, generalised cross-validation": gcv(lambda a: Tikhonov(full, a), alphas, A, y).map,
    "Tikhonov, discrepancy principle": discrepancy(lambda a: Tikhonov(full, a), alphas, A, y, noise).map,
    "total variation": TotalVariation(A, weight=1.0),
}
for name, f in maps.items():
    print(f"{name:40} {float(psnr(f(y), x)):.1f} dB")
