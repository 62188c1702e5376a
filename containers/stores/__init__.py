"""How each store is opened: one container per store, imported only when the settings name it.

Each takes the same inputs (`StoreInputs`) and gives `repositories`, by the names of the entities, and `migrate`.
"""
