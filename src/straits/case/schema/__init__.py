"""What a case may say: the tables and their columns, one row model each, and the settings and scenarios."""
