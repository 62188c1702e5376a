"""Tokens of an issuer by OpenID Connect: keys, signatures, claims, and the authorization code flow."""
