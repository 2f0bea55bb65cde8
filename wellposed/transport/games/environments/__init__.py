"""Games beyond kinetic energy that APAC-Net plays: limited speed, obstacles, a flying machine."""
