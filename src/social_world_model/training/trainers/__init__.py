"""Built-in trainers: a module each, whose name is the trainer's and whose `TRAINER` is a `training.trainer.Trainer`."""
