"""Built-in trainers. Each module defines the trainer `TRAINER`, which has the name of the module."""
