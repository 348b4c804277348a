"""The journal: what it keeps, what it refuses, and what it notices."""
