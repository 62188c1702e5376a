"""Real servers on loopback for tests and measurements. Each starts itself on a port or socket of its own, and stops."""
