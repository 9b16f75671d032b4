"""What a data protection officer asks of the platform, written from what the platform goes by."""
