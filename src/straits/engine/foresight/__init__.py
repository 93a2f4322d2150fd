"""Who knows what, and when: plans decided step by step, the one that is under way, and closures that come as a surprise."""
