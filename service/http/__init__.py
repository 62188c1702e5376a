"""The HTTP API: what is asked for becomes a call of a use case, and its outcome a response."""
