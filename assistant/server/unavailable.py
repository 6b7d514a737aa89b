"""What is answered with 503: come back in a while."""

from __future__ import annotations

from assistant.errors import AssistantError


class Unavailable(AssistantError):
    """Not now. ``retry_after`` is in whole seconds."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class Busy(Unavailable):
    """All places are taken."""

    def __init__(self, retry_after: int) -> None:
        seconds = "second" if retry_after == 1 else "seconds"
        super().__init__(f"The server is busy; try again in {retry_after} {seconds}.", retry_after)


class NotReady(Unavailable):
    """The index or the model is still being opened."""

    def __init__(self) -> None:
        super().__init__("The server is still opening its index; try again in a few seconds.", 3)
