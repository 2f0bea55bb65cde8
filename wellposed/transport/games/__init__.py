"""Mean-field games: their record, and the methods of particles that solve them."""
