"""What statistics of trade say: growth, mirror gaps, surges, diversion, re-exports, and whether a quoted figure can be right."""
