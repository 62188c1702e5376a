"""The OpenAPI document: written by hand from the domain's own limits, held to the truth by tests."""
