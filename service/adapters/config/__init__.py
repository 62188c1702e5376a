"""One `ConfigPort` for each place that settings can come from."""
