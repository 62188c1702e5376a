"""What can be done (one use case a class) and what that needs from outside (the ports)."""
