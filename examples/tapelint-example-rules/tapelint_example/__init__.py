"""Rules of an example. Every module beside this one that has a `rule` is one."""
