"""Stable architectures: networks as flows whose fields promise stability, symplecticity or an inverse."""
