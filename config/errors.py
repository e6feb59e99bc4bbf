"""What ends a command before the product can run."""


class CannotStart(Exception):
    """
    The machine is not ready: one sentence that says what is wrong and what to do.

    Command-line doors print it without a traceback and end with code 2.
    """
