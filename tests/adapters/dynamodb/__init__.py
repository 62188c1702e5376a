"""What is particular to DynamoDB."""
