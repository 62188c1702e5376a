"""What the service costs, measured beside what others would write. Nothing of it is shipped."""
