"""What the operator sees: one file a screen, its style beside it. No business rule."""
