"""Python as gradients see it: a program is run on stand-ins for its values, and a graph of what it computes is kept.

Knows no TensorFlow: what a library does is asked of the `World` that an interpreter is given. To read, from the ground:

1. `outcomes`, `graph`: what can become of a gradient, and the operations that it passes.
2. `values`, `ranges`, `state`: what an expression is worth, its bounds, what changes while a program runs.
3. `holding`, `core`, `world`: what a value holds; one run, and what escapes it; what it asks of libraries.
4. `containers`, `operators`, `comprehensions`, `expressions`: how expressions are evaluated.
5. `matching`, `loops`, `statements`: how statements are run, and how control leaves them.
6. `memory`, `functions`, `classes`, `interpreter`: calls, objects, modules. Each class from `core` on is a layer over
   the one before; the last, `interpreter.Interpreter`, is what a run is made of.
7. `elsewhere`: what code that is not run may have written.
"""
