"""The paths that a child's year can take; each tells its events and what follows from them."""
