"""The built-in benchmarks. Each file has the name of its benchmark and defines the object `BENCHMARK`."""
