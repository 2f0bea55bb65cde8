"""Problems of transport whose solutions are known in closed form."""
