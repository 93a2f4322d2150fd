"""What a report tells: the solved study, and what each analysis found for it."""
