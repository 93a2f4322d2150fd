"""Show the name of a file above the block that holds it: in the source it stands in a comment, from which the tests write it."""

import re

_FILE = re.compile(r"^<!-- file: (\S+) -->\n(?=```)", re.MULTILINE)


def _named(app, name, source):
    source[0] = _FILE.sub(r"`\1`\n\n", source[0])


def setup(app):
    app.connect("source-read", _named)
    return {"parallel_read_safe": True}
