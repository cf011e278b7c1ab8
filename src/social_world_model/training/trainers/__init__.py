"""Built-in trainers. Each module defines a trainer `TRAINER`. The trainer has the name of the module."""
