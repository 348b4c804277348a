"""The proofs: every one tries very many ways in which a rupiah could be doubled or lost."""
