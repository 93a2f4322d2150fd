"""A document: its bytes, the text a person reads, which part of it is what, when it appeared, and which agency it comes from."""
