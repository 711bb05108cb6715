"""People in the loop: what a run asks, in which form, and what their answers change."""
