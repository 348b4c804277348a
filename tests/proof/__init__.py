"""The proofs: no fault can double or lose a rupiah."""
