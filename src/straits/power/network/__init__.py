"""Games that a case makes: the model says what each coalition can reach, who can withhold what, and on whom each leans."""
