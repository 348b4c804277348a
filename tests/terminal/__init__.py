"""What only a real terminal shows: bytes, keys that arrive together, a line that drops."""
