"""A shop, its network and its Espay in one loop whose time jumps: one seed drives everything."""
