"""Pieces that two screens share: entry, menu, large figures, lines of facts. No business rule."""
