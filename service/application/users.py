"""What is special about users."""

from service.application.changes import Change
from service.application.entities import Create
from service.domain.users import USERS, User


class CreateUser(Create[User]):
    """Create a user.

    - The name has 2 to 100 characters, without the white space around it.
    - The e-mail address is valid, and no other user has it, in upper or lower case.
    - The service generates the id and records the time.
    """

    entity = USERS


class ChangeUser(Change[User]):
    """Change the name of a user, the e-mail address, or both.

    - What is sent follows the same rules as for a new user; what is not sent stays as it is.
    - The e-mail address that the user had is free for others from then on.
    - The id and the time of creation never change.
    """

    entity = USERS
    fields = ("name", "email")
