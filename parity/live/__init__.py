"""The comparison of two services that run somewhere, of which only their URLs are known."""
