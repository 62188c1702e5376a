"""What is special about users."""

from service.application.entities import Create
from service.domain.users import USERS, User


class CreateUser(Create[User]):
    """Create a user.

    - The name has 2 to 100 characters, without the white space around it.
    - The e-mail address is valid, and no other user has it, in upper or lower case.
    - The service generates the id and records the time.
    """

    entity = USERS
