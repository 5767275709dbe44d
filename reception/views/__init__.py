"""Pages of the front desk: check-in, calls, the board, displays on the wall, fairness, fitness."""
