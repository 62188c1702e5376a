"""The OpenAPI document, generated from the table of entities and the problems. Tests compare it with the routes."""
