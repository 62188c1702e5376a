"""The proof that the service behaves the same everywhere: requests, the worlds they are played in, the comparison."""
