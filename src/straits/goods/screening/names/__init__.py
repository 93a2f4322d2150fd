"""Names that may be one: brought to plain letters, taken apart, aligned token by token, scored."""
