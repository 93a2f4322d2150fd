"""What stands in a piece of running text: numbers with units, dates, and names of the word lists. Knows no documents."""
