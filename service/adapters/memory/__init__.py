"""Data in the memory of one process: for tests, for trying things out, and as the reference of behaviour."""
