"""Review: records one by one at the terminal, likely twins, and which records count as one witness."""
