"""The till of an Indonesian payment point that cannot lose or double a rupiah."""

__version__ = "0.1.0"
