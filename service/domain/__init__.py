"""Business rules in plain Python: entities, what makes them valid, and every error by name."""
