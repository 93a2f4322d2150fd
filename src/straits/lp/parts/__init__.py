"""A program answered by less of it: without what no variant moves, in parts that share nothing, by what a patch moves."""
