"""What the customer takes home: one document model, several renderers."""
