"""What is asked of a network: the contract of questions and their facts."""
