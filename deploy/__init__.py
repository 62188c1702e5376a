"""The command that deploys the service to Lambda, ECS and EKS, and moves it between them: `python -m deploy`."""
