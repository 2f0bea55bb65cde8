"""Rules that choose the parameter of a regularisation; `wellposed.inverse` exports them."""
