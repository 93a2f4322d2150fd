"""Answers kept as they come, in a folder or an object store that several machines write."""

from straits.engine.store.pieces import Shared, Store
from straits.engine.store.places import StoreError

__all__ = ["Shared", "Store", "StoreError"]
