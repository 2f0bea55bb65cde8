"""Deep learning as optimal control: networks whose layers, and whose time steps, are the control."""
