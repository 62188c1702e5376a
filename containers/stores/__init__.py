"""How each store is opened: one container per store, imported only when the settings name it.

Each takes the same slots and offers `user_repository`, `order_repository` and `migrate`.
"""
