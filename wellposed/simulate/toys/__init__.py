"""Seven densities of the plane on which normalizing flows are tried."""
