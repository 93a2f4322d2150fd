"""What is asked beyond the scenarios: failures, attacks, histories, power."""
