"""Which of all prices that support a plan are taken, and how far these, and plans that are as good, leave a number open."""
