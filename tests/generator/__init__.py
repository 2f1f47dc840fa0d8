"""Random programs with a gradient tape: written here, run on TensorFlow, compared with what `tapelint trace` says.

`programs.make(seed)` writes a program, `observe.observe` runs many of them in one TensorFlow process, and
`compare.compare` holds the verdicts against what happened. `python -m tests.generator` does all three.
"""
