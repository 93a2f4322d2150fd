"""Work that runs in the background, in a process of its own."""
