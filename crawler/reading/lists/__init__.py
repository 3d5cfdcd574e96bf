"""A list page becomes links, without a selector; and where older ones are."""
