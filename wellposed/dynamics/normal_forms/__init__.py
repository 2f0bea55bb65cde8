"""Normal forms of bifurcations, and autoencoders that bring data to them."""
