"""What clients of AWS have in common."""
