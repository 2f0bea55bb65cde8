import numpy as np

from wellposed.simulate.cylinder import Cylinder, canvas, cylinder_mesh

LINES = (-2.0, -1.0, 1.0, 2.0)


def test_a_linear_function_is_drawn_exactly_and_the_cylinder_left_out():
    mesh = cylinder_mesh(
        LINES, LINES, Cylinder((0.0, 0.0), 0.5, 1.0), 4, {"around": lambda p: np.abs(p).max(axis=-1) > 0.99}
    )
    x, y = np.linspace(-1.9, 1.9, 21), np.linspace(-1, 1.5, 12)
    draw = canvas(mesh, x, y)
    f = 2.0 * mesh.points[..., 0] - mesh.points[..., 1]
    picture = draw(np.stack([f, 3 * f]))
    exact = 2.0 * x[None, :] - y[:, None]
    body = x[None, :] ** 2 + y[:, None] ** 2 < 0.25
    np.testing.assert_allclose(picture[0][~body], exact[~body], atol=1e-9)
    np.testing.assert_allclose(picture[1], 3 * picture[0])
    assert body.any()
    assert (picture[0][body] == 0).all()
