"""The network and the lands around it on one projection."""
