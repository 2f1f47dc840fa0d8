"""Tapes: what they record and watch, and what a gradient call asks of them.

To read, from the ground:

1. `rows`, `backprop`, `second_order`: questions to the graph. They know its nodes and recordings, and no tape.
2. `journal`: what is written down while a program runs. The findings are read off it.
3. `watching`, `sources`, `refusals`, `doubts`, `targets`, `asking`: `tape.watch` and `tape.gradient` as a program calls
   them.
4. `conditions`, `leaving`: what else is taken down: tests on tensors, and where a tape leaves the code that is seen.
5. `methods`, `tape`: all that a program can do with a tape, and `Tapes`, the recorder of one run.
"""
