"""Physics-informed networks: a field whose equation is part of the loss."""
