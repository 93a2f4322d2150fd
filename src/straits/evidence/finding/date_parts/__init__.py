"""What dates are made of: words for days, months and times, rules for each kind, two of them together, spans between them."""
