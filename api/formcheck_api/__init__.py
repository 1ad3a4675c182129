"""The formcheck web service (its place; the service itself is not part of this release)."""
