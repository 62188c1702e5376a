"""Data in Amazon DynamoDB, laid out so that every read sees every write and every promise is one transaction."""
