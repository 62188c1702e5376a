"""What the product does: users and orders. Knows no runtime and no dependency-injection library."""

NAME = "shapeshift"
"""What people see: on the web pages, in the OpenAPI document and on the command line."""

__version__ = "0.1.0"
