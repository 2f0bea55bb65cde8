"""The learned singular value decomposition (L-SVD): two autoencoders, and a matrix Sigma between their latents."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import ConvolutionalNetwork, LinearDecoder, LinearEncoder, Residual

if TYPE_CHECKING:
    from wellposed.operators import SVD

Coder = Callable[[Array], Array]
NETWORKS = ("linear", "dense", "convolutional")


class LearnedSVD(eqx.Module):
    """The learned SVD of [Boink and Brune](https://arxiv.org/abs/1912.10840) [@boink2019], a nonlinear `V S^-1 U'`.

    With an encoder and a decoder of the data y, a pair of the signal x, and a k x k matrix Sigma,

        z_y = E_y(y),  z_x = E_x(x),   x_rec = D_x(Sigma z_y)   (reconstruction: the map itself)
                                       y_ae  = D_y(z_y)         (data autoencoder)
                                       x_ae  = D_x(z_x)         (signal autoencoder).

    With `E_y = U'`, `D_x = V` and `Sigma = diag(g(s))` it is a classical spectral regularisation, such as Tikhonov's.

    Args:
        encode_data, decode_data: E_y and D_y.
        encode_signal, decode_signal: E_x and D_x.
        sigma: the matrix, of shape (k, k); or (k,), which stands for its diagonal.

    Shapes:
        `y (*data) -> x (*signal)`; latent vectors `(k,)`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.operators import Matrix, svd
        >>> A = Matrix(jnp.array([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))
        >>> f = LearnedSVD.from_svd(svd(A), rank=2)   # the pseudo-inverse, before any training
        >>> f(A.mv(jnp.array([3.0, 5.0])))
        Array([3., 5.], dtype=float32)

    See also:
        `LSVDLoss`, the three-term loss; `ReducedRank`, the best linear map of rank k in closed form.
    """

    encode_data: Coder
    decode_data: Coder
    encode_signal: Coder
    decode_signal: Coder
    sigma: Float[Array, "k k"] | Float[Array, " k"]

    def __call__(self, y: Float[Array, "*data"]) -> Float[Array, "*signal"]:
        """The reconstruction of one sample."""
        return self.decode_signal(self.singular(self.encode_data(y)))

    def singular(self, z: Float[Array, " k"]) -> Float[Array, " k"]:
        """Sigma z."""
        return self.sigma @ z if self.sigma.ndim == 2 else self.sigma * z

    def data_autoencoder(self, y: Float[Array, "*data"]) -> Float[Array, "*data"]:
        """D_y(E_y(y))."""
        return self.decode_data(self.encode_data(y))

    def signal_autoencoder(self, x: Float[Array, "*signal"]) -> Float[Array, "*signal"]:
        """D_x(E_x(x))."""
        return self.decode_signal(self.encode_signal(x))

    def latent_pictures(self, unit: Float[Array, "n k"]) -> Float[Array, "n *signal"]:
        """What latent vectors add to the picture of the latent origin: D_x(z) - D_x(0)."""
        origin = self.decode_signal(jnp.zeros(unit.shape[1], unit.dtype))
        return jax.vmap(self.decode_signal)(unit) - origin[None]

    @classmethod
    def from_svd(
        cls,
        svd: "SVD",
        rank: int,
        data_mean: Float[Array, "*data"] | None = None,
        signal_mean: Float[Array, "*signal"] | None = None,
    ) -> "LearnedSVD":
        """The truncated SVD of the operator as a starting point: U and V as coders, and Sigma = diag(1 / s)."""
        y0 = jnp.zeros(svd.out_shape, svd.U.dtype) if data_mean is None else data_mean
        x0 = jnp.zeros(svd.in_shape, svd.U.dtype) if signal_mean is None else signal_mean
        U, s, Vt = svd.U[:, :rank], svd.s[:rank], svd.Vt[:rank]
        return cls(
            encode_data=LinearEncoder(U.T, y0),
            decode_data=LinearDecoder(U, y0),
            encode_signal=LinearEncoder(Vt, x0),
            decode_signal=LinearDecoder(Vt.T, x0),
            sigma=jnp.diag(1 / s),
        )

    @classmethod
    def random(
        cls, rank: int, data_mean: Float[Array, "*data"], signal_mean: Float[Array, "*signal"], key: Key[Array, ""]
    ) -> "LearnedSVD":
        """Linear coders with random weights, and Sigma the identity."""
        keys = jax.random.split(key, 4)
        return cls(
            encode_data=LinearEncoder.random(rank, data_mean, keys[0]),
            decode_data=LinearDecoder.random(rank, data_mean, keys[1]),
            encode_signal=LinearEncoder.random(rank, signal_mean, keys[2]),
            decode_signal=LinearDecoder.random(rank, signal_mean, keys[3]),
            sigma=jnp.eye(rank, dtype=data_mean.dtype),
        )

    def nonlinear(
        self, network: str, key: Key[Array, ""], *, width: int = 32, depth: int = 3, block: int = 2
    ) -> "LearnedSVD":
        """This map with nonlinear coders, which start as its own: skip connections around networks that start at zero.

        Args:
            network: `"dense"`: each latent vector passes `z + MLP(z)`; `"convolutional"`: each picture passes
                `v + CNN(v)`, before the encoder and after the decoder, and coders of other arrays than pictures
                (such as data in a list) stay as they are; `"linear"`: nothing is added.
            key: for the networks' weights.
            width: neurons of a hidden layer, or channels.
            depth: number of hidden layers.
            block: side of the blocks of pixels that the convolutional network sees as one.
        """
        if network not in NETWORKS:
            raise ValueError(f"LearnedSVD expects a network of {', '.join(NETWORKS)}, got {network!r}.")
        if network == "linear":
            return self
        k = self.sigma.shape[-1]
        make = _mlp(k, width, depth) if network == "dense" else _cnn(width, depth, block)
        keys = jax.random.split(key, 4)
        picture_first = network == "convolutional"
        flat = lambda coder: picture_first and coder.centre.ndim != 2
        both = lambda *layers: _chain(*(layers if picture_first else layers[::-1]))
        encode = lambda coder, key: coder if flat(coder) else both(make(key), coder)
        decode = lambda coder, key: coder if flat(coder) else both(coder, make(key))
        return LearnedSVD(
            encode_data=encode(self.encode_data, keys[0]),
            decode_data=decode(self.decode_data, keys[1]),
            encode_signal=encode(self.encode_signal, keys[2]),
            decode_signal=decode(self.decode_signal, keys[3]),
            sigma=self.sigma,
        )


def _chain(*layers: Coder) -> Coder:
    return eqx.nn.Sequential(layers)  # pyright: ignore[reportArgumentType]


def _cnn(channels: int, depth: int, block: int) -> Callable[[Array], Coder]:
    return lambda key: Residual(ConvolutionalNetwork(channels, depth, block, key))


def _mlp(k: int, width: int, depth: int) -> Callable[[Array], Coder]:
    def make(key: Array) -> Coder:
        mlp = eqx.nn.MLP(k, k, width, depth, activation=jax.nn.relu, key=key)
        last = lambda m: (m.layers[-1].weight, m.layers[-1].bias)
        return Residual(eqx.tree_at(last, mlp, replace_fn=jnp.zeros_like))

    return make
