"""What can be sold: one TOML file a category, and the code that reads them."""
