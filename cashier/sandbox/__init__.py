"""A practice Espay: a real HTTP server on loopback."""
