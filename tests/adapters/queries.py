"""What the SQL stores have in common."""

PAGE_QUERIES = (
    ("SELECT * FROM users ORDER BY created_at DESC, id DESC LIMIT 51", "ix_users_created_at_id"),
    (
        "SELECT * FROM orders WHERE user_id = 'u' ORDER BY created_at DESC, id DESC LIMIT 51",
        "ix_orders_user_id_created_at_id",
    ),
    (
        "SELECT * FROM orders WHERE (created_at, id) < (1, 'o') ORDER BY created_at DESC, id DESC LIMIT 51",
        "ix_orders_created_at_id",
    ),
)
"""Queries of pages, and the index that each is to be read from."""
