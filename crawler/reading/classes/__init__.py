"""What a page is, before anything is read from it: an article, a list, or what stands in their place."""
