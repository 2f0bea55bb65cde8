"""Networks and diffusion on graphs whose nodes have features."""
