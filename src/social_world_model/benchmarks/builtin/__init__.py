"""The built-in benchmarks: a file each, named as the benchmark, with its object as `BENCHMARK`."""
