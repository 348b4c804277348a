"""How Espay speaks: the only place that knows HTTP."""
