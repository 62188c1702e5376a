"""The promises of the store, tried by many clients at once and proven from what they saw and what was kept."""
