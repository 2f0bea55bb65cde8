"""What a page is made of: anything that can be set as HTML by the press."""

import abc

from wellposed.report.press import Press


class Item(abc.ABC):
    """A piece of a page: an immutable record that can be set as HTML."""

    @abc.abstractmethod
    def html(self, press: Press) -> str:
        """The piece as safe HTML; `press` numbers it and keeps its citations."""
