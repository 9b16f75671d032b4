"""Signing in with an OpenID Connect provider: the organisation's own accounts."""
