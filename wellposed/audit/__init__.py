"""Audit: six questions, one file each, asked of any learned map."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
