"""The same two operations as others would write them: `POST /api/users` and `GET /api/users/{id}`.

Each program is written as users of its libraries write, does the same work with the same checks as ours, and is run in
an environment of its own, where nothing of ours is installed. None of it is imported by anything else.
"""
