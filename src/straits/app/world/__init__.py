"""What the server holds: opened cases, changes that are tried, and where a number comes from."""
