"""What every client of an AWS service needs, DynamoDB's and Systems Manager's alike."""
