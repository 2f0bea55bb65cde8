"""Rows share a scale; reconstructions stand above their errors."""

import numpy as np
import pytest

from wellposed.report import Row, image_grid, reconstructions

A, B = np.zeros((4, 4)), np.linspace(-1, 3, 16).reshape(4, 4)


def drawn(figure):
    return [axes.images[0] for axes in figure.axes if axes.images]


def test_a_row_shares_the_scale_of_its_images():
    assert [image.get_clim() for image in drawn(image_grid([Row([("a", A), ("b", B)])]))] == [
        (-1, 3),
        (-1, 3),
    ]


def test_a_signed_row_is_symmetric():
    assert drawn(image_grid([Row([("b", B)], signed=True)]))[0].get_clim() == (-3, 3)


def test_rows_of_different_length_leave_places_empty():
    figure = image_grid([Row([("a", A), ("b", B)]), Row([("c", A)])])
    assert len(drawn(figure)) == 3


def test_reconstructions_wrap_and_share_the_scale_of_errors():
    images = {str(i): A + i / 10 for i in range(6)}
    figure = reconstructions(A, images, columns=4)
    limits = [image.get_clim() for image in drawn(figure)]
    assert set(limits) == {(0, 1), (-0.5, 0.5)}
    assert [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes[:4]] == [
        "truth",
        "0",
        "1",
        "2",
    ]


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="image_grid expects at least one image, found none"):
        image_grid([Row([])])
