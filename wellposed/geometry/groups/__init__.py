"""Networks whose domain is a group, or a space on which one acts."""
