"""Proofs of the law: every one tries very many ways in which a rupiah could be lost."""
