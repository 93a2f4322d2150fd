"""First solves of large programs of networks in time: from longer steps to shorter ones, with few columns at a time."""
