"""Tables of one solution, and of a scenario beside what it is compared with."""
