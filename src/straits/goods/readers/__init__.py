"""Formats that this room reads, one file each; see `base`."""
