"""What can go wrong while a paper is made."""


class PaperError(Exception):
    """A paper cannot be made; the message says why, for the log."""
