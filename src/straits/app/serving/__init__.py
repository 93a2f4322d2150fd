"""The server: who may ask, what is asked, and what is answered."""
