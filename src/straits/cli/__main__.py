"""`python -m straits.cli`."""

from straits.cli import app

app(prog_name="straits")
