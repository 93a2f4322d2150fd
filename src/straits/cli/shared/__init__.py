"""What commands share: options, loading, answers and what is printed."""
