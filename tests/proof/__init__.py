"""Proofs: the law of the money, shown at every place where it could break."""
