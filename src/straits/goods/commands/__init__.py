"""Commands of `straits goods`, one file each: a function of the file's name (with `_` for `-`), decorated with `shown`.

To add a command, add a file here; `straits.goods.cli` finds it by its name and imports it when it is asked for.
"""
