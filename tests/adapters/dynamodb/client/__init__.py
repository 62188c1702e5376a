"""What any client of DynamoDB has to pass: it is called through its methods, and all that it sees is an endpoint."""
