"""What the report says: tables, figures and words of each section."""
