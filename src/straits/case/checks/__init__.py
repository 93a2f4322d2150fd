"""What is wrong or doubtful in a case: one file a family of checks, `registry` lists them, `run` runs them."""
