"""Python as gradients see it: a program is run on stand-ins for its values, and a graph of what it computes is kept.

Knows no TensorFlow: what a library does is asked of the `World` that an interpreter is given. An example:

    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * 3.0
        z = y + tf.round(y)
    g = tape.gradient(z, w)

When this was run the graph has these nodes (number, operation, the nodes that its edges lead to):

    0 tensorflow.Variable []
    2 operator * [0] recorded
    3 tensorflow.round [2] recorded
    4 operator + [2, 3] recorded

A `Value` is what an expression is worth: `w` is a `Variable` with node 0, `y` a `Data` with node 2. The `State` says
what a name holds, from (identity of the frame, name) to value; fields of objects and items of lists lie there as well.
An `Edge` has an outcome, what becomes of a gradient on the way back: NONE from 3 to 2, as rounding has no gradient,
else FLOWS. `tape.gradient` asks for the outcome from node 4 to node 0: NONE along 4-3-2-0, FLOWS along 4-2-0, and the
two side by side FLOWS. Where a program branches the ways are run one after the other from the same state, and what
they leave is joined: a name then holds a `OneOf`, or a `Data` whose node is a "join" of several.

To read, from the ground:

1. `outcomes`, `graph`: what can become of a gradient, and the operations that it passes.
2. `ranges`, `values`, `state`: bounds of numbers, what an expression is worth, what changes while a program runs.
3. `memory`, `holding`, `escape`, `doubting`, `ways`, `world`, `core`: calls that are shared; what a value holds; what
   unknown code was given; what Python refuses; what is there on some ways only; what is asked of libraries; one run.
4. `arithmetic`, `containers`, `sets`, `comparing`, `waiting`: what operators give of plain values; lists and dicts;
   sets; what they compare as; what is computed later than a run computes it.
5. `scopes`, `operators`, `comprehensions`, `texts`, `expressions`: whose a name is; how expressions are evaluated.
6. `matching`, `loops`, `attempts`, `liveness`, `statements`: how statements are run, how control leaves them, what is
   read later.
7. `functions`, `attributes`, `records`, `flags`, `enumerations`, `managers`, `effects`, `classes`, `refused`: calls,
   and objects.
8. `elsewhere`, `stirring`, `interpreter`: what code that is not run may have written; which imports do something;
   modules.

A run is one object, an `Interpreter`. Its class has many floors, each a module of its own over the one before:

    Core > Waiting > Operators > Comprehensions > Texts > Expressions > Matching > Loops > Attempts > Statements
    > Functions > Attributes > Records > Flags > Enumerations > Classes > Refused > Interpreter

What a floor asks of one that lies above it, it declares as a method that raises NotImplementedError.
"""
