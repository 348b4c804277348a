"""What the shared widgets do with keys, and what they show."""
