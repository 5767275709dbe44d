"""Pages of the registers and the customers."""
