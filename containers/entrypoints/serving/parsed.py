"""What a library that parses HTTP does for a connection."""


class ParsedConnection:
    """Implemented with each library."""

    def in_body(self) -> bool:
        """Whether a head is complete and its body is not."""
        raise NotImplementedError

    def is_behind(self) -> bool:
        """Whether the next request has to wait."""
        raise NotImplementedError

    def parse(self, piece: memoryview) -> None:
        """Parse some bytes. Sets `overhead` to 0 on progress."""
        raise NotImplementedError

    def release(self) -> None:
        """Forget the requests that this connection had."""
        raise NotImplementedError
