"""What the product does: users and orders. Knows no runtime and no dependency-injection library."""

__version__ = "0.1.0"
