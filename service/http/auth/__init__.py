"""Who may do what. Nothing here is loaded where the setting `auth` is `none`."""
