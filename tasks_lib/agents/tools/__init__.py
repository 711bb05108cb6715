"""The tools of the model: a shell in the sandbox, an editor confined to the checkout, the final report."""
