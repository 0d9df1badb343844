"""Settings of pyproject.toml and of the environment: what they do, and what is refused."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import tomllib
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.cli import toml_files
from smoothl1.cli.configuration import KINDS, options_of
from smoothl1.cli.main import main
from smoothl1.cli.variables import variable_of
from smoothl1.errors import SettingsError, SmoothL1Error, StorageError
from tests.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

INPUTS = {
    "eval": ["p", "t"],
    "compare": ["a", "b", "t"],
    "merge": ["r"],
    "inspect": ["p"],
    "report": ["p"],
}
COMMANDS = tuple(INPUTS)

EXAMPLES: dict[str, tuple[str, object]] = {
    "beta": ("0.5", (0.5,)),
    "reduction": ('"sum"', "sum"),
    "nan": ('"omit"', "omit"),
    "precision": ("4", 4),
    "confidence": ("0.9", 0.9),
    "header": ("false", False),
    "delimiter": ('";"', ";"),
    "decimal": ('","', ","),
    "encoding": ('"latin-1"', "latin-1"),
    "comment": ('"#"', "#"),
    "missing-value": ('"? "', ("? ",)),
    "skip-rows": ("2", 2),
    "threads": ("3", 3),
    "chunk-size": ("7", 7),
    "store-timeout": ("7", 7),
    "device": ('"auto"', "auto"),
    "quiet": ("true", True),
    "progress": ("false", False),
}
"""A value of each setting, as TOML writes it, and as a command gets it. None is the default."""

_A_BETA = "beta must be a number, or a list of numbers"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of a project, without settings in the environment."""
    for key in KINDS:
        monkeypatch.delenv(variable_of(key), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command_of(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def parsed(name: str, *args: str) -> dict[str, Any]:
    return command_of(name).make_context(name, [*INPUTS[name], *args]).params


def configured(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.smoothl1]\n{text}\n", encoding="utf-8")


def by_key(name: str) -> list[tuple[str, str]]:
    """The configurable options of a command: key, and name of the parameter."""
    return [(key, str(option.name)) for key, option in options_of(command_of(name)).items()]


EVERY = [(name, key, param) for name in COMMANDS for key, param in by_key(name)]


@pytest.mark.parametrize(("name", "key", "param"), EVERY, ids=str)
def test_an_option_beats_the_environment_which_beats_the_file(
    name: str, key: str, param: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parsed(name)[param]
    text, value = EXAMPLES[key]
    assert before != value
    configured(folder, f"{key} = {text}")
    assert parsed(name)[param] == value
    typed = option_for(name, key)
    assert parsed(name, *typed)[param] == parsed_alone(name, typed, param, folder)
    configured(folder, f"{key} = {other_than(key)}")
    monkeypatch.setenv(variable_of(key), text.strip('"'))
    assert parsed(name)[param] == value
    assert parsed(name, *typed)[param] == parsed_alone(name, typed, param, folder)


def other_than(key: str) -> str:
    """Another value that the file may have."""
    others = {"reduction": '"mean"', "nan": '"error"', "device": '"cpu"', "header": "true"}
    text = EXAMPLES[key][0]
    usual = {"true": "false", "false": "true"}.get(text, '"."' if '"' in text else "5")
    return {**others, "confidence": "0.5"}.get(key, usual)


def option_for(name: str, key: str) -> list[str]:
    """The option with a value that no test configures."""
    option = options_of(command_of(name))[key]
    if option.is_flag:
        return [option.secondary_opts[0] if EXAMPLES[key][1] else option.opts[-1]]
    values = {"nan": "propagate", "reduction": "mean", "device": "cuda:1", "confidence": "0.75"}
    return [f"--{key}", values.get(key, "6")]


def parsed_alone(name: str, typed: list[str], param: str, folder: Path) -> object:
    """The value of a command line where nothing is configured."""
    here = folder / "pyproject.toml"
    text = here.read_text(encoding="utf-8")
    here.unlink()
    found = {**os.environ}
    for key in KINDS:
        os.environ.pop(variable_of(key), None)
    try:
        return parsed(name, *typed)[param]
    finally:
        os.environ.update(found)
        here.write_text(text, encoding="utf-8")


def test_every_setting_is_an_option_of_some_command_and_has_an_example() -> None:
    assert set(KINDS) == {key for _, key, _ in EVERY} == set(EXAMPLES)


def test_several_betas_are_a_list_in_the_file_and_words_in_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(folder, "beta = [0.1, 1]")
    assert parsed("eval")["betas"] == (0.1, 1.0)
    assert parsed("eval", "--beta", "7")["betas"] == (7.0,)  # in place of both
    monkeypatch.setenv("SMOOTHL1_BETA", "0.5 2 4")
    assert parsed("eval")["betas"] == (0.5, 2.0, 4.0)


def test_a_value_that_a_command_does_not_take_may_be_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(folder, "reduction = 'none'")
    assert parsed("eval")["reduction"] == "none"
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: reduction: 'none' is not one of"):
        parsed("report")
    assert parsed("report", "-r", "sum")["reduction"] == "sum"
    monkeypatch.setenv("SMOOTHL1_REDUCTION", "mean")
    assert parsed("report")["reduction"] == "mean"
    with pytest.raises(click.BadParameter, match="'none' is not one of"):
        parsed("report", "-r", "none")
    monkeypatch.setenv("SMOOTHL1_THREADS", "0")
    with pytest.raises(SettingsError, match=r"^SMOOTHL1_THREADS: threads: 0 is not in the range"):
        command_of("report").make_context("report", ["--show-config"])


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHL1_BETA", "")
    assert parsed("eval")["betas"] == (1.0,)


def test_a_variable_of_an_option_that_is_no_setting_is_refused_unless_it_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMOOTHL1_REQUIRE_NATIVE", "1")  # of another program, like the next two
    monkeypatch.setenv("SMOOTHL1_VERSION", "1.0")
    monkeypatch.setenv("SMOOTHL1_OUTPUT", "")
    for variable, option, value in (
        ("SMOOTHL1_IGNORE_TARGET", "--ignore-target", "-999"),
        ("SMOOTHL1_KEY", "--key", "id"),
    ):
        monkeypatch.setenv(variable, value)
        with pytest.raises(SettingsError, match=f"^the variable {variable} .*type {option} ") as e:
            parsed("eval")
        assert e.value.exit_code == 2
        parsed("eval", f"{option}={value}")  # as a script does with its own variable
        with pytest.raises(click.UsageError):
            parsed("eval", "--no-such-option")
        parsed("merge")  # it has no such option
        monkeypatch.delenv(variable)
    parsed("eval")


@pytest.mark.parametrize("variable", ["SMOOTHL1_beta", "SMOOTHL1_Beta", "smoothl1_beta"])
def test_a_variable_of_a_setting_in_other_letters_is_refused(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("smoothl1_home", "/srv")  # of somebody's scripts
    monkeypatch.setenv(variable, "")
    assert parsed("eval")["betas"] == (1.0,)
    monkeypatch.setenv(variable, "3")
    with pytest.raises(SettingsError, match=f"{variable} is no .*you mean SMOOTHL1_BETA"):
        parsed("eval")


def test_a_variable_takes_numbers_between_commas_or_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("0.5, 1", "0.5 1", " 0.5 ,1 ", "0.5\t1"):
        monkeypatch.setenv("SMOOTHL1_BETA", text)
        assert parsed("eval")["betas"] == (0.5, 1.0)
    monkeypatch.setenv("SMOOTHL1_BETA", "0.5, ,1")
    with pytest.raises(SettingsError, match="'' is no number"):
        parsed("eval")


def test_a_table_of_settings_of_nearly_that_name_is_refused(folder: Path) -> None:
    for name in ("SmoothL1", "Smooth\\u006c1", "smoothl", "smooth-l1", "smooth_L1", "smooth1"):
        (folder / "pyproject.toml").write_text(f'[tool."{name}"]\nbeta = 3\n')
        with pytest.raises(SettingsError, match=r"you mean \[tool\.smoothl1\]"):
            parsed("eval")
    for name in ("smoothl1-plots", "smoothly", "smooth", "smooth-lib"):
        table = f'[tool.{name}]\nbeta = 3\n[project]\nname="S"'
        (folder / "pyproject.toml").write_text(table)
        assert parsed("eval")["betas"] == (1.0,)


def test_the_nearest_file_counts_even_if_it_has_no_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(folder, "beta = 3")
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert parsed("eval")["betas"] == (3.0,)
    (folder / "a" / "pyproject.toml").write_text('[project]\ndependencies = ["smoothl1"]\n')
    assert parsed("eval")["betas"] == (1.0,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("betas = 1", "[tool.smoothl1] has no setting 'betas'; did you mean beta?"),
        ("BETA = 1", "[tool.smoothl1] has no setting 'BETA'; did you mean beta?"),
        ("flatten = true", "[tool.smoothl1] has no setting 'flatten'; there are beta, reduction"),
        (
            "key = 'id'",
            "[tool.smoothl1] has no setting 'key'; columns are named where the data are",
        ),
        ("beta = '1'", "[tool.smoothl1] beta must be a number, or a list of numbers, not '1'"),
        ("beta = true", "[tool.smoothl1] beta must be a number, or a list of numbers, not True"),
        (
            "missing-value = ['?', 1]",
            "[tool.smoothl1] missing-value must be text, or a list of texts, not ['?', 1]",
        ),
        ("beta = []", "[tool.smoothl1] beta must be a number, or a list of numbers, not []"),
        ("beta = [1, 'x']", "[tool.smoothl1] beta must be a number, or a list"),
        ("precision = 4.0", "[tool.smoothl1] precision must be a whole number, not 4.0"),
        ("precision = true", "[tool.smoothl1] precision must be a whole number, not True"),
        ("quiet = 1", "[tool.smoothl1] quiet must be true or false, not 1"),
        ("nan = 1", "[tool.smoothl1] nan must be text, not 1"),
        ("nan = 'drop'", "nan: 'drop' is not one of 'propagate', 'error'"),
        ("threads = 0", "threads: 0 is not in the range 1<=x<=1024"),
        ("device = 'tpu'", "device: no device 'tpu'"),
        (f"beta = 1{'0' * 400}", "[tool.smoothl1] beta must be a number, or a list"),
        (
            f"beta = 0x{'f' * 5000}",
            f"[tool.smoothl1] {_A_BETA}, not a number of thousands of digits",
        ),
        (f"beta = [[0x{'f' * 5000}]]", f"[tool.smoothl1] {_A_BETA}, not a number of thousands"),
        (f"threads = 0x{'f' * 5000}", "[tool.smoothl1] threads must be a whole number, not a numb"),
        ("beta = ", "not TOML, so its [tool.smoothl1] cannot be read: "),
        (f"beta = {'[' * 100_000}", "not TOML, so its [tool.smoothl1] cannot be read: "),
    ],
)
def test_what_the_file_may_not_say_is_refused_with_its_name(
    text: str, said: str, folder: Path
) -> None:
    configured(folder, text)
    with pytest.raises(SettingsError) as caught:
        parsed("eval")
    assert str(caught.value).startswith(f"pyproject.toml: {said}")
    assert "\n" not in str(caught.value)


def test_options_that_are_no_settings_are_to_be_typed(folder: Path) -> None:
    for text, hint in (
        ("pred = 'y'", "type --pred with the command"),
        ("by = 'y'", "type --by with the command"),
        ("flatten = true", "type other options with the command"),
        ("betas = 1", None),
    ):
        configured(folder, text)
        with pytest.raises(SettingsError) as caught:
            parsed("eval")
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    "text", ["tool = 3 # smoothl1", "[tool]\nsmoothl1 = 3", "[[tool.smoothl1]]\nbeta = 3"]
)
def test_a_table_that_is_none_is_no_settings(text: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(text)
    if text.startswith("tool"):
        assert parsed("eval")["betas"] == (1.0,)
    else:
        with pytest.raises(SettingsError, match=r"no table \[write \[tool\.smoothl1\] in a line"):
            parsed("eval")


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("SMOOTHL1_BETA", "1 x", "SMOOTHL1_BETA: beta: 'x' is no number"),
        ("SMOOTHL1_BETA", "1_0", "SMOOTHL1_BETA: beta: '1_0' is no number: write ASCII digits"),
        ("SMOOTHL1_QUIET", "maybe", "SMOOTHL1_QUIET: quiet: 'maybe' is not true or false"),
        ("SMOOTHL1_NAN", "drop", "SMOOTHL1_NAN: nan: 'drop' is not one of"),
    ],
)
def test_what_a_variable_may_not_say_is_refused_with_its_name(
    variable: str, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingsError) as caught:
        parsed("eval")
    assert str(caught.value).startswith(said)


def test_several_numbers_of_a_variable_are_separated_by_blanks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMOOTHL1_BETA", "2,3")
    with pytest.raises(SettingsError, match="write a point, or separate them by blanks"):
        parsed("eval")


@pytest.mark.parametrize(
    "content",
    [
        b"this is no TOML",
        b"\xff\xfe\x00",
        b"",
        "[tool.other]".encode("utf-16"),
        b'x = "\\u006c1\\y"',
    ],
)
def test_a_damaged_file_that_does_not_name_the_program_is_not_its_business(
    content: bytes, folder: Path
) -> None:
    (folder / "pyproject.toml").write_bytes(content)
    assert parsed("eval")["betas"] == (1.0,)


def test_text_in_another_encoding_is_no_toml(folder: Path) -> None:
    table = "[tool.smoothl1]\nbeta = 3\n"
    wide = ", but UTF-16 or UTF-32"
    contents = {table.encode(x): wide for x in ("utf-16", "utf-16-be", "utf-32")}
    contents[b"[tool.smoothl1] # \xff"] = ", from its byte 19 on"
    for content, more in contents.items():
        (folder / "pyproject.toml").write_bytes(content)
        said = rf"not TOML, .*: it is not UTF-8{more} \[save it as UTF-8\]$"
        with pytest.raises(SettingsError, match=said):
            parsed("eval")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# a\0\nbeta = 3", r"its byte 20 is a NUL \[remove the NUL bytes\]"),
        (f"top = {'1' * 100_000}", r"a whole number in it has too many digits \[write it"),
        (f"beta = {'[' * 5000}", "it is nested too deeply"),
    ],
    ids=["NUL", "digits", "depth"],
)
def test_a_fault_of_toml_is_told_in_words_of_this_program(
    text: str, said: str, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.smoothl1]\n{text}\n")
    with pytest.raises(SettingsError, match=f"its .* cannot be read: {said}"):
        parsed("eval")


def test_a_whole_number_of_many_bits_is_refused_with_its_beginning(folder: Path) -> None:
    configured(folder, f"threads = 0x{'f' * 100_000}")
    with pytest.raises(SettingsError, match="threads must be a whole number, not "):
        parsed("eval")


@pytest.mark.parametrize(
    "table",
    ['tool."smooth\\u006c1"', '"\\u0074ool"."\\U00000073moothl1"', "'tool'.\"smoothl\\u0031\""],
)
def test_a_table_whose_name_is_written_in_escapes_is_read(table: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(f"[{table}]\nbeta = 3\n")
    assert parsed("eval")["betas"] == (3.0,)


QUOTED = '"a\\"b".'
"""A part of a key in quotes, with a quote in it."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{'a.' * 50_000}b = 1", "a key of more than 100 parts"),
        (f"beta = {{ {'a . ' * 50_000}b = 1 }}", "a key of more than 100 parts"),
        (f"[{QUOTED * 9000}b]", "a key of more than 100 parts"),
        ("#" + " " * (1 << 20), "larger than 1 MiB"),
    ],
    ids=["bare", "blanks", "quoted", "large"],
)
def test_what_would_take_long_to_parse_is_refused(text: str, said: str, folder: Path) -> None:
    configured(folder, text)
    with pytest.raises(SettingsError, match=said):
        parsed("eval")


LONG_KEY = "a." * 101 + "b"


@pytest.mark.parametrize(
    ("text", "is_long"),
    [
        (f"x = 'it' # {LONG_KEY}", False),
        (f"x = ' # {LONG_KEY}'", False),
        (f'x = "a \\" {LONG_KEY}"', False),
        (f'x = """\n"a" "" \\""" {LONG_KEY}\n"""', False),
        (f"x = '''\n'a' '' {LONG_KEY}\n'''", False),
        (f'x = "" # "\n{LONG_KEY} = 1', True),
        (f'x = {{ c = """b"""", {LONG_KEY} = 1 }}', True),
        (f"x = {{ c = '''b''''', {LONG_KEY} = 1 }}", True),
        (f"x = \"\\\\\" # '''\n{LONG_KEY} = 1", True),
        ("a." * 100 + "b = 1", True),
        ("a." * 99 + "b = 1", False),
        (f"x = [{'1.5, ' * 1000}]", False),
    ],
)
def test_a_long_key_is_one_outside_of_texts_and_comments(text: str, is_long: bool) -> None:
    expected = tomllib.loads(text)
    if is_long:
        with pytest.raises(SettingsError, match="a key of more than 100 parts"):
            toml_files.parsed(text.encode(), "x.toml", "it")
    else:
        assert toml_files.parsed(text.encode(), "x.toml", "it") == expected


@given(st.lists(st.sampled_from([b'"', b"'", b"\\", b"\n", b"#", b"a", b".", b" "]), max_size=60))
def test_no_byte_of_a_file_is_searched_for_the_end_of_a_text_twice(parts: list[bytes]) -> None:
    left_over = toml_files._TOKEN.sub(b"", b"".join(parts))
    assert not set(left_over) & set(b"\"'#a")


@pytest.mark.parametrize("text", ['"a\\', '"a\\"b', '"""\\', "'''", "a\t. ", '{"a": "b"}, '])
def test_texts_with_many_quotes_are_read_at_once(text: str) -> None:
    """They took minutes: a text was searched for its end from each quote in it."""
    whole = (text * 200_000)[:200_000]
    started = time.process_time()
    for document in (f"x = {json.dumps(whole)}", whole):
        with contextlib.suppress(SettingsError):
            toml_files.parsed(document.encode(), "x.toml", "it")
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ('[project]\ndependencies = ["smoothl1==1"]', False),
        ('[tool.poetry.dependencies]\nsmoothl1 = "1"', False),
        ("[ tool . 'smoothl1' ]", True),
        ("[tool]\nsmoothl1.beta = 2", True),
        ("tool = {smoothl1 = {beta = 2}}", True),
    ],
)
def test_a_large_file_that_has_the_program_as_a_dependency_is_left_alone(
    text: str, is_refused: bool, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(f"{text}\n#{' ' * (1 << 20)}")
    if not is_refused:
        assert parsed("eval")["betas"] == (1.0,)
        return
    with pytest.raises(SettingsError, match="larger than 1 MiB"):
        parsed("eval")


def test_long_lines_and_names_of_real_projects_are_read(folder: Path) -> None:
    names = f"[tool.{'a.' * 90}b]\nx = '{'1.2.3, ' * 5000}'\ny = '{'x' * 100_000}'"
    configured(folder, f"beta = 3\n# {'-' * 100_000}\n{names}")
    assert parsed("eval")["betas"] == (3.0,)


def test_a_folder_of_that_name_has_no_settings(folder: Path) -> None:
    configured(folder, "beta = 3")
    inner = folder / "inner"
    (inner / "pyproject.toml").mkdir(parents=True)
    os.chdir(inner)
    assert parsed("eval")["betas"] == (3.0,)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_what_is_no_file_may_have_settings_that_cannot_be_read(folder: Path) -> None:
    configured(folder, "beta = 3")
    inner = folder / "inner"
    inner.mkdir()
    os.chdir(inner)
    path = inner / "pyproject.toml"
    os.mkfifo(path)
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: no regular file, so its"):
        parsed("eval")
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: no regular file, so its"):
        parsed("eval")
    for nowhere in ("nothing", "pyproject.toml"):
        path.unlink()
        path.symlink_to(nowhere)
        with pytest.raises(StorageError, match=r"^pyproject\.toml: "):
            parsed("eval")
    path.unlink()
    path.symlink_to(os.devnull)
    assert parsed("eval")["betas"] == (1.0,)


def test_a_file_that_may_not_be_read_is_refused_by_the_system(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(folder, "beta = 3")

    def refuse(path: str, mode: str) -> object:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("smoothl1.cli.configuration.open", refuse, raising=False)
    with pytest.raises(SmoothL1Error, match=r"^pyproject\.toml: permission denied") as caught:
        parsed("eval")
    assert caught.value.exit_code == 4


def test_help_is_shown_whatever_is_configured(folder: Path) -> None:
    configured(folder, "betas = 1")
    with pytest.raises(click.exceptions.Exit) as caught:
        parsed("eval", "--help")
    assert caught.value.exit_code == 0


def shown(capsys: pytest.CaptureFixture[str], name: str, *args: str) -> str:
    with pytest.raises(click.exceptions.Exit) as caught:
        command_of(name).make_context(name, [*args, "--show-config"])
    assert caught.value.exit_code == 0
    return capsys.readouterr().out


def test_settings_are_shown_as_toml_that_says_where_each_comes_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(folder, "beta = [0.1, 1]\ndelimiter = '\\t'\nnan = 'omit'\nquiet = true")
    inner = folder / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    monkeypatch.setenv("SMOOTHL1_NAN", "error")
    text = shown(capsys, "eval", "-r", "sum", "--no-progress")
    table = tomllib.loads(text)["tool"]["smoothl1"]
    assert table["beta"] == [0.1, 1]
    assert (table["delimiter"], table["nan"], table["quiet"]) == ("\\t", "error", True)
    assert (table["reduction"], table["progress"], table["skip-rows"]) == ("sum", False, 0)
    origins = dict(re.findall(r"(?m)^([a-z-]+) = .*  # (.*)$", text))
    above = os.path.join("..", "pyproject.toml")
    assert (origins["beta"], origins["nan"], origins["quiet"]) == (above, "SMOOTHL1_NAN", above)
    assert (origins["reduction"], origins["progress"]) == ("command line", "command line")
    assert origins["decimal"] == "default"
    assert "# threads is not set" in text.splitlines()
    (inner / "pyproject.toml").write_text(text)  # pasted, it says the same
    monkeypatch.delenv("SMOOTHL1_NAN")
    assert tomllib.loads(shown(capsys, "eval"))["tool"]["smoothl1"] == table


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_its_own_settings(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = re.findall(r"(?m)^(?:# )?([a-z-]+) (?:=|is not set)", shown(capsys, name))
    assert keys == [key for key, _ in by_key(name)] != []


def test_what_cannot_be_in_force_is_not_shown(folder: Path) -> None:
    configured(folder, "beta = 'x'")
    with pytest.raises(SettingsError, match="beta must be a number"):
        command_of("eval").make_context("eval", ["--show-config"])


def test_the_page_lists_every_setting_and_its_commands() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([a-z-]+)` \| `(SMOOTHL1_[A-Z_]+)` \| ([^|]*) \| ([^|]*) \|", page)
    expected = [
        (key, variable_of(key), kind, ", ".join(n for n, k, _ in EVERY if k == key))
        for key, kind in KINDS.items()
    ]
    assert rows == expected


@pytest.mark.skipif(os.name != "posix", reason="the words of the shell are POSIX ones")
def test_a_run_uses_the_settings_and_its_result_records_them(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(folder / "p.npy", np.array([0.0, 2.0]))
    np.save(folder / "t.npy", np.array([0.25, 0.0]))
    configured(folder, "beta = 0.5\nprecision = 3\nconfidence = 0.9")
    # 0.25 is below beta: 0.25**2 / 2 / 0.5 = 0.0625; 2 is above: 2 - 0.25 = 1.75.
    assert run("eval", "p.npy", "t.npy").stdout == "0.906\n"
    done = run("eval", "p.npy", "t.npy", "--json")
    assert (done.returncode, '"mean": 0.90625' in done.stdout) == (0, True)
    assert '"betas": [\n      0.5\n' in done.stdout
    assert run("eval", "p.npy", "t.npy", "-r", "none").stdout == "0.0625\n1.75\n"
    refused = run("eval", "p.npy", "t.npy", "--json", "--precision", "3")
    assert (refused.returncode, "--precision shortens" in refused.stderr) == (2, True)
    configured(folder, "beta = -1")
    done = run("eval", "p.npy", "t.npy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "smoothl1: error: pyproject.toml: beta must be finite and >= 0, not -1.0\n"
    )


@pytest.mark.parametrize(
    ("variable", "text", "typed", "said"),
    [
        ("BETA", "nan", (), "SMOOTHL1_BETA: beta must be finite and >= 0, not nan"),
        ("BETA", "1 1.0", (), "SMOOTHL1_BETA: beta: a beta is given twice"),
        ("BETA", "nan", ("-b", "inf"), "beta must be finite and >= 0, not inf"),
        ("DECIMAL", "x", ("-b", "inf"), "beta must be finite and >= 0, not inf"),
        ("REDUCTION", "none", ("-b", "1,2.5"), "SMOOTHL1_REDUCTION: reduction none takes one"),
    ],
)
def test_a_setting_that_is_to_blame_is_named_and_no_other(
    variable: str,
    text: str,
    typed: tuple[str, ...],
    said: str,
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"SMOOTHL1_{variable}", text)
    done = run("eval", "p.npy", "t.npy", *typed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"smoothl1: error: {said}")


def test_a_mark_of_utf8_before_the_settings_is_no_part_of_them(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.smoothl1]\nbeta = 3\n", encoding="utf-8-sig")
    assert parsed("eval")["betas"] == (3.0,)


def test_several_missing_values_are_a_list_in_the_file(folder: Path) -> None:
    configured(folder, 'missing-value = ["?", "-999"]')
    assert parsed("eval")["missing_values"] == ("?", "-999")


def test_lines_left_out_are_decisions_that_name_where_they_were_configured(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "p.csv").write_text("x\n1\n# 2\n3\n")
    (folder / "t.csv").write_text("y\n1\n3\n")

    def decisions(*args: str) -> set[tuple[str, str, str]]:
        main(["eval", "p.csv", "t.csv", "--json", *args], standalone_mode=False)
        found = json.loads(capfd.readouterr().out)["decisions"]
        return {(one["subject"], one["choice"], one["reason"]) for one in found}

    comments = ("lines", "all that begin with # left out")
    header = ("header", "the first row is the header")
    configured(folder, 'skip-rows = 1\ncomment = "#"')
    monkeypatch.setenv("SMOOTHL1_HEADER", "0")
    assert decisions() >= {
        ("lines", "the first line left out", "skip-rows = 1 in pyproject.toml"),
        (*comments, 'comment = "#" in pyproject.toml'),
        ("header", "there is no header", "header = false in SMOOTHL1_HEADER"),
    }
    typed = decisions("--skip-rows", "0", "--comment", "#", "--header")
    assert typed >= {(*comments, "--comment"), (*header, "--header")}
    assert not any("the first line" in choice for _, choice, _ in typed)
    configured(folder, "")
    (folder / "p.csv").write_text("x\n1\n3\n")
    monkeypatch.delenv("SMOOTHL1_HEADER")
    assert not [one for one in decisions() if one[0] == "lines"]
