"""One module for each line of the table of what is measured."""
