"""The web pages of Mosaic."""
