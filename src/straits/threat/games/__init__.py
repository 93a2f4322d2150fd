"""Games without a case: trees, matrices, signalling, brinkmanship and bargains, in fractions."""
