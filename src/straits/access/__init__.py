"""Who may close what among players, and what one of them withholds: from the rights of a case to the bounds of its model."""
