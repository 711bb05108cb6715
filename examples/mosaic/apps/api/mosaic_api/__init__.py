"""The JSON API of Mosaic: accounts, sign-in, sessions and tiles."""
