"""The command line. What a command needs is imported when it runs, so that `--version` and `--help` are instant."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tapelint.invocation import Request
    from tapelint.rule import Rule

CLEAN, FINDINGS, USAGE, FAILED = 0, 1, 2, 3
_INTERRUPTED, _CLOSED_PIPE = 128 + 2, 128 + 13  # what shells expect

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Commands(click.Group):
    """A group whose command `check` may be left out."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--version", "--help", "-h"}
        is_asked = ctx.resilient_parsing and not args  # a shell asks what the first word can be
        if not is_asked and not (args and (args[0] in self.commands or args[0] in own)):
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        check = self.commands["check"]
        offered = super().shell_complete(ctx, incomplete)
        with check.make_context("check", [], parent=ctx, resilient_parsing=True) as inner:
            if incomplete and not incomplete[0].isalnum():
                return [*offered, *check.shell_complete(inner, incomplete)]
            paths = next(each for each in check.params if isinstance(each, click.Argument))
            return [*offered, *paths.shell_complete(inner, incomplete)]


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"tapelint {version('tapelint')}")
        ctx.exit(CLEAN)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`tapelint PATHS` is `tapelint check PATHS`. `tapelint check --help` lists the options.",
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def tapelint() -> None:
    """Find gradients that tf.GradientTape will lose, zero or blow up, without running the program."""


# ------------------------------------------------------------------------- options


def _words(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for value in values for word in value.replace(",", " ").split())


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    def add(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def _offered_outputs(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from tapelint.completion import outputs

    formats = next(option.type for option in ctx.command.params if option.name == "format")
    assert isinstance(formats, click.Choice)
    return outputs(formats.choices, incomplete)


def _offered_rules(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from tapelint.completion import rules

    return rules(incomplete)


def _rules(name: str, help: str) -> Callable[[_Command], _Command]:
    return click.option(name, multiple=True, callback=_words, shell_complete=_offered_rules, metavar="RULES", help=help)


_file = click.Path()  # any: what is there is looked at later, but a shell offers files

_which_settings = _options(
    click.option("--config", type=_file, metavar="FILE", help="Take the settings from this file only."),
    click.option("--isolated", is_flag=True, help="Read no settings from files."),
)
_what_to_report = _options(
    _rules("--select", "Run only these: codes, names, TL3, ALL."),
    _rules("--extend-select", "Run these, too."),
    _rules("--ignore", "Do not run these."),
    click.option("--unsafe-fixes/--no-unsafe-fixes", default=None, help="With --fix or --diff: all fixes."),
    click.option("--fail-level", type=click.Choice(["error", "warning", "note"]), help="The least grave that fails."),
)
_which_files = _options(
    click.argument("paths", nargs=-1, type=_file, metavar="[PATHS]..."),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what fits, as in a .gitignore."),
    click.option(
        "--force-exclude", is_flag=True, help="Apply exclude to files that are named on the command line too."
    ),
    click.option("--no-respect-gitignore", is_flag=True, help="Look at files that git ignores."),
    click.option(
        "--stdin-filename", type=_file, metavar="NAME", help="What the text on standard input (`-`) is called."
    ),
    click.option("--jobs", "-j", type=click.IntRange(1), metavar="N", help="At most so many processes."),
    click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
    click.option("--cache-dir", type=_file, metavar="FOLDER", help="Where the cache lies."),
)
_old_code = _options(
    click.option("--baseline", type=_file, metavar="FILE", help="Leave out the findings that are known there."),
    click.option("--no-baseline", is_flag=True, help="Report what a baseline knows, too."),
    click.option(
        "--write-baseline", type=_file, metavar="FILE", help="Make all findings known there, and report none."
    ),
    click.option("--update-baseline", is_flag=True, help="Take out of the baseline what is found no more."),
    click.option("--add-ignores", is_flag=True, help="Write a comment for each finding that ignores it."),
)
_how_to_show = _options(
    click.option(
        "--output",
        "-o",
        multiple=True,
        shell_complete=_offered_outputs,
        metavar="[FORMAT=]FILE",
        help="Write the report there; with a format of its own, one more report. `-` is standard output.",
    ),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours in text."),
    click.option("--quiet", "-q", is_flag=True, help="Show findings, and nothing around them."),
    click.option("--verbose", "-v", is_flag=True, help="Say what is done, on standard error."),
)


@tapelint.command()
@_which_files
@_which_settings
@_what_to_report
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; change nothing.")
@_old_code
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option(
    "--format",
    type=click.Choice(["text", "concise", "json", "github", "gitlab", "junit", "markdown", "sarif"]),
    default="text",
    help="How to show what was found.",
)
@click.option(
    "--category",
    default="tapelint",
    metavar="NAME",
    help="What SARIF calls the run: runs of one commit stand beside each other if their names differ.",
)
@click.option("--watch", is_flag=True, help="Look again whenever a file changes.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of showing them.")
@_how_to_show
def check(**given: Any) -> None:
    """Say what is wrong with the gradients in PATHS (default: the working directory).

    Exit status: 0 nothing found, 1 findings at the failing level, 2 wrong usage or settings, 3 a file could not be
    analysed.
    """
    from tapelint import invocation

    request = _request("check", given)
    if request.watch:
        from tapelint.watching import watch

        watch(request.paths, lambda: _status(partial(invocation.check, request)))
    _leave(invocation.check(request))


@tapelint.command()
@_which_files
@_which_settings
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to show the calls.")
@_how_to_show
def trace(**given: Any) -> None:
    """List every gradient call in PATHS with a verdict for each source and the steps that lead to it."""
    from tapelint import invocation

    _leave(invocation.trace(_request("trace", given)))


_EXCLUSIVE = [
    ("fix", "diff"),
    ("isolated", "config"),
    ("fix", "add_ignores"),
    ("baseline", "no_baseline"),
    ("update_baseline", "no_baseline"),
    ("update_baseline", "diff"),
    ("add_ignores", "watch"),
    *(("write_baseline", other) for other in ("baseline", "update_baseline", "fix", "diff", "add_ignores", "watch")),
]


def _request(verb: str, given: dict[str, Any]) -> Request:
    from tapelint.invocation import Request

    for one, other in _EXCLUSIVE:
        if given.get(one) and given.get(other):
            options = [f"--{name.replace('_', '-')}" for name in (one, other)]
            raise click.UsageError(f"{options[0]} and {options[1]} exclude each other")
    given["paths"] = given["paths"] or (os.curdir,)
    if "-" in given["paths"] and len(given["paths"]) > 1:
        raise click.UsageError("standard input (-) cannot be checked together with files")
    if "-" in given["paths"] and given.get("watch"):
        raise click.UsageError("standard input (-) cannot be watched")
    given["color"] = {"auto": None, "always": True, "never": False}[given["color"]]
    return Request(**given)


# ------------------------------------------------------------------- the settings


@tapelint.command()
@click.argument("path", type=_file, default=os.curdir)
@_which_settings
@_what_to_report
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to show them.")
def config(path: str, config: str | None, isolated: bool, format: str, **given: Any) -> None:
    """Show the settings that hold for PATH, and where each of them came from."""
    from tapelint import effective
    from tapelint.config import Configs, Overrides

    if isolated and config:
        raise click.UsageError("--isolated and --config exclude each other")
    overrides = Overrides(**{**given, "select": given["select"] or None})
    found = effective.effective(path, Configs(overrides, config, isolated))
    click.echo(effective.as_json(found) if format == "json" else effective.as_text(found))


# ---------------------------------------------------------------------- the rules


@tapelint.command()
@click.argument("rule", shell_complete=_offered_rules)
@click.option("--config", type=_file, metavar="FILE", help="Take the settings from this file only.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours.")
def explain(rule: str, config: str | None, color: str) -> None:
    """Print the documentation of RULE, a code or a name."""
    from tapelint.config import ConfigError, hint

    rules = _known_rules(config)
    for known in rules:
        if rule.lower() in (known.code.lower(), known.name.lower()):
            _show_markdown(f"# {known.code} {known.name}\n\n{known.documentation}", color)
            return
    names = [name for known in rules for name in (known.code, known.name)]
    raise ConfigError(f"no rule is called {rule!r}{hint(rule, names)}")


@tapelint.command()
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to show them.")
@click.option("--config", type=_file, metavar="FILE", help="Take the settings from this file only.")
def rules(format: str, config: str | None) -> None:
    """List every rule with its code, name, level and what it finds."""
    known = _known_rules(config)
    if format == "json":
        import json

        keys = ("code", "name", "level", "summary")
        click.echo(json.dumps([{key: getattr(rule, key) for key in keys} for rule in known], indent=2))
        return
    width = max((len(rule.name) for rule in known), default=0)
    for rule in known:
        click.echo(f"{rule.code}  {rule.name:<{width}}  {rule.level:<7}  {rule.summary}")


@tapelint.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what SHELL has to read to complete the words of tapelint.

    \b
    bash: eval "$(tapelint completion bash)"      in ~/.bashrc
    zsh:  eval "$(tapelint completion zsh)"       in ~/.zshrc, below compinit
    fish: tapelint completion fish > ~/.config/fish/completions/tapelint.fish
    """
    from tapelint.completion import script

    click.echo(script(shell, tapelint))


def _known_rules(config: str | None) -> list[Rule]:
    from tapelint.config import Configs
    from tapelint.run import RuleSet

    configs = Configs(file=config)
    known = RuleSet()
    found = known.known(configs.of_folder(os.getcwd()))
    for error in known.errors():
        click.echo(f"tapelint: {error}", err=True)
    return sorted(found, key=lambda rule: rule.code)


def _show_markdown(text: str, color: str) -> None:
    if color == "never" or (color == "auto" and not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR"))):
        click.echo(text)  # without rich, which takes its time
        return
    from rich.markdown import Markdown
    from rich.theme import Theme

    from tapelint.report import Options
    from tapelint.report.text import terminal

    console, screen = terminal(sys.stdout, Options(color=color == "always" or None))
    if console.color_system is None:
        click.echo(text)
    else:  # in the terminal's own colours, on its own ground, be it light or dark
        console.push_theme(Theme({"markdown.code": "bold cyan", "markdown.code_block": "cyan"}))
        console.print(Markdown(text, code_theme="ansi_dark"), width=min(screen.width, 100))


# ---------------------------------------------------------------------- the way out


def _leave(status: int) -> NoReturn:
    raise click.exceptions.Exit(status)


def _say(message: str) -> None:
    click.echo(f"tapelint: error: {' '.join(message.split())}", err=True)


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; its exit status. Whatever the user got wrong is said in one line."""
    if arguments is None:
        arguments = sys.argv[1:]

    def command() -> int:
        # Not through click's own `main`, which has its own mind about interrupts and closed pipes.
        with tapelint.make_context("tapelint", list(arguments)) as context:
            tapelint.invoke(context)
        sys.stdout.flush()
        return CLEAN

    try:
        return _status(command, verbose=bool({"-v", "--verbose"} & set(arguments)))
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        # Who reads has seen enough. Python would complain once more when it closes the stream at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CLOSED_PIPE


def _status(command: Callable[[], int], verbose: bool = False) -> int:
    """The exit status of a command, with a line for what goes wrong in it."""
    try:
        return command()
    except click.ClickException as error:
        _say(error.format_message())
        return USAGE
    except click.exceptions.Exit as error:
        return error.exit_code
    except (BrokenPipeError, click.Abort):
        raise
    except Exception as error:
        if _is_mistake(error):
            _say(str(error))
            return USAGE
        _say(f"internal error: {type(error).__name__}: {error}")
        if verbose:
            import traceback

            traceback.print_exc()
        return FAILED


def _is_mistake(error: Exception) -> bool:
    """Whether the user can mend it; asked only once something was raised, so that nothing is loaded for it before."""
    from tapelint.config import ConfigError
    from tapelint.files import NoSuchPath
    from tapelint.outputs import OutputError
    from tapelint.watching import CannotWatch

    return isinstance(error, ConfigError | NoSuchPath | OutputError | CannotWatch)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The command `tapelint`; `arguments` are those of the process if None are given."""
    if "_TAPELINT_COMPLETE" in os.environ:  # a shell asks what could come next; click's own name for it
        tapelint.main(prog_name="tapelint")
    sys.exit(run(arguments))
