"""Charts as SVG, by hand; no word of trade."""
