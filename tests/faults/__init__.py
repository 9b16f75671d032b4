"""What the platform promises when things break, each broken on real services."""
