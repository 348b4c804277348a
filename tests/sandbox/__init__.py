"""The practice Espay."""
