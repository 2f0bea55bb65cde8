"""What the recipes of transport by a potential share: a crowd, its game, its training and its pictures."""
