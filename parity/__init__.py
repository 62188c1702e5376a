"""The proof that the service behaves the same everywhere: requests, the apps that they are sent to, the comparison."""
