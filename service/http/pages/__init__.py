"""Web pages over the same use cases as the API. They work without JavaScript and below any prefix: every reference in
them is relative, and every page is one level deep.
"""
