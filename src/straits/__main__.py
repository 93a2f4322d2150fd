"""`python -m straits`."""

from straits.cli import app

app(prog_name="straits")
