"""Networks on surfaces, one file each; all but PointNet as blocks of one residual U-Net."""
