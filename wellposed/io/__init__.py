"""Readers and writers of real file formats: files become plain arrays and back."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
