"""Dynamic optimal transport and mean-field games on grids."""
