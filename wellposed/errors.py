"""The one error that a user's input raises: the command line prints its sentence and exits with code 2."""


class InputError(ValueError):
    """Bad input from a user: names the file or option, what was found, what was expected, and the way out.

    Example:
        >>> raise InputError("scan.npy: expected a picture of shape (64, 64), found (64, 65): crop or pad it")
        Traceback (most recent call last):
        wellposed.errors.InputError: scan.npy: expected a picture of shape (64, 64), found (64, 65): crop or pad it
    """
