from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from smoothl1 import compare
from smoothl1.cli import advice, meant
from smoothl1.cli.choices import OneOf
from smoothl1.cli.main import main
from smoothl1.errors import SettingsError
from smoothl1.settings import ALSO
from smoothl1.sources.columns import hint_about_names
from tests.command import standard_input

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

SIDES = ("eval", "p.npy", "t.npy")
RUN = ("compare", "run.parquet", "--target", "y")


def refusal(*args: str) -> str:
    with pytest.raises(click.UsageError) as caught:
        main.main(list(args), "smoothl1", standalone_mode=False)
    return caught.value.format_message()


@pytest.mark.parametrize(
    ("meant", "typed"),
    [
        ("eval", "evaluate evaluat evl EVAL score loss metrics"),
        ("compare", "cmp diff comparison vs compar"),
        ("merge", "mrge merged join combine"),
        ("report", "plot reports show"),
        ("inspect", "inspct info describe schema"),
        ("help", "man"),
        ("--version", "version"),
    ],
)
def test_a_command_of_another_name_is_answered_with_ours(meant: str, typed: str) -> None:
    for name in typed.split():
        said = refusal(name, "p.npy", "t.npy")
        assert said == f"no such command: {name!r}; did you mean smoothl1 {meant}?"


@pytest.mark.parametrize("name", ["p.npy", "a folder/p", "preds-*", "-", "here"])
def test_a_file_in_the_place_of_a_command_is_evaluated(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").touch()
    quoted = f"'{name}'" if {" ", "*"} & {*name} else name
    assert refusal(name, "t.npy").endswith(f"; did you mean smoothl1 eval {quoted}?")


def test_what_resembles_no_command_is_answered_with_all() -> None:
    assert refusal("xyzzy").endswith("; there are " + ", ".join(main.list_commands(None)))


@pytest.mark.parametrize(
    ("meant", "typed"),
    [
        ("--also", "--metric --metrics --loss"),
        ("--also rmse", "--rmse"),
        ("--beta", "--betta --Beta --betas"),
        ("--by", "--group=g --groupby --group_by"),
        ("--chunk-size", "--batch-size --chunk_size"),
        ("--delimiter", "--sep=;"),
        ("--device cuda", "--gpu --cuda"),
        ("--fail-above", "--threshold"),
        ("--json", "--verbose -v"),
        ("--key", "--id --on"),
        ("--nan omit", "--skipna --dropna"),
        ("--output", "--out --outfile --ouput"),
        ("--format", "--fmt"),
        ("--precision", "--digits --decimals --round=3"),
        ("--quantile", "--percentile --quant"),
        ("--reduction", "--reduce"),
        ("--reduction mean", "--mean"),
        ("--reduction sum", "--sum"),
        ("--threads", "--jobs -j --thread"),
        ("smoothl1 report", "--histogram --plot"),
        ("--top", "--worst -n"),
        ("--unmatched omit", "--inner"),
        ("--weight", "--weights-column"),
        ("--within", "--tolerance"),
    ],
)
def test_an_option_of_another_name_is_answered_with_ours(meant: str, typed: str) -> None:
    for option in typed.split():
        said = refusal(*SIDES, option)
        assert said == f"no such option: {option.split('=')[0]}; did you mean {meant}?"


def test_a_word_of_another_meaning_is_no_typing_error() -> None:
    for option in advice._OF_NO_OPTION:
        assert refusal(*SIDES, option) == f"no such option: {option}"
    assert refusal("report", "t.csv", "--digits").endswith("; smoothl1 eval has --precision")
    assert refusal(*SIDES, "-r", "median").endswith("is not one of 'mean', 'sum', 'none'.")
    for name in meant.OTHER_METRICS:
        assert refusal(*SIDES, "--also", name).endswith(", 'max': no option forms it")
    assert refusal("report", *SIDES[1:], "--also", "median").endswith(
        "; smoothl1 eval has --quantile 0.5"
    )


@pytest.mark.parametrize(
    ("typed", "limit"),
    [
        ("--fail-below", "--fail-above"),
        ("--fail-under=0.3", "--fail-above"),
        ("--max-decrease", "--max-increase"),
    ],
)
def test_the_opposite_of_a_limit_is_not_said_to_be_meant(typed: str, limit: str) -> None:
    wanted = f"a loss is better if it is smaller, and {limit} refuses larger ones"
    assert refusal(*SIDES, typed) == f"no such option: {typed.partition('=')[0]}; {wanted}"


def test_names_of_columns_after_a_file_are_answered_with_their_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("run.csv", "old.npy"):
        (tmp_path / name).touch()
    said = "did you mean smoothl1 eval run.csv --pred 'y hat' --target y?"
    assert refusal("eval", "run.csv", "y hat", "y").endswith(said)
    for files in (("run.csv", "y", "old.npy"), ("run.csv", "new.npy", "y")):  # one is a file
        assert "several models are for smoothl1 compare" in refusal("eval", *files)
    assert refusal("report", "run.csv", "--histogram") == "no such option: --histogram"


def test_an_option_of_another_command_is_named_with_it() -> None:
    said = "no such option: --fail-on; did you mean --fail-if?"
    assert refusal("compare", "run.csv", "--fail-on", "worse") == said
    said = "no such option: --percentile; smoothl1 eval has --quantile"
    assert refusal("compare", "--percentile", "0.5") == said
    assert refusal("merge", "r.json", "--beta", "1").endswith("; smoothl1 eval has --beta")
    assert refusal("eval", "--margin", "1%").endswith("; smoothl1 compare has --margin")
    assert "with --rows-before N --json, and draw all by" in refusal("report", "--part", "1/3")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("mean", "eval p t -r average"),
        ("sum", "eval p t --reduction smu"),
        ("omit", "compare a b t --nan skip"),
        ("omit-target", "eval p t --nan omit_target"),
        ("omit", "eval p t --unmatched inner"),
        ("csv", "merge r.json -f cvs"),
        ("mae", "report p t --also bias,L1"),
        ("--quantile 0.5", "eval p t --also median"),
        ("0.5", "eval p t --quantile median"),
        ("0.995", "eval p t --quantile 99.5%"),
        ("create", "merge r.json --on-missing-baseline make"),
        ("bash", "completion bsh"),
    ],
)
def test_a_value_of_another_name_is_answered_with_ours(name: str, args: str) -> None:
    assert refusal(*args.split()).endswith(f"; did you mean {name}?")


def test_every_value_that_is_meant_is_one_of_an_option() -> None:
    kinds = [
        param.type
        for command in main.list_commands(None)
        for param in main.get_command(None, command).params
    ]
    choices = {name for kind in kinds if isinstance(kind, OneOf) for name in kind.choices}
    assert {*meant._OTHER_VALUES} <= choices | {*ALSO}


def test_a_file_in_the_place_of_a_column_is_an_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("my p.npy", "t.npy"):
        (tmp_path / name).touch()
    said = refusal("eval", "--pred", "my p.npy", "--beta", "2", "--target", "t.npy")
    assert said == (
        "Missing argument 'PRED': --pred names a column; did you mean "
        "smoothl1 eval 'my p.npy' t.npy?"
    )
    typed = ("eval", "--pred", "y_hat", "--weights", "t.npy")
    assert refusal(*typed) == "Missing argument 'PRED'."
    with standard_input(tmp_path / "t.npy"):
        assert refusal(*typed) == "Missing argument 'PRED'. Write - for standard input."


def test_a_file_that_is_not_there_is_answered_with_one_that_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "Preds-1.npy").touch()
    (tmp_path / "base.json").touch()
    for typed in ("sub/preds-1.npy", "sub/Preds-1.npyy", "sub/Perds-1.npy"):
        said = run("eval", typed, "sub/Preds-1.npy").stderr
        assert said == (
            f"smoothl1: error: {typed}: no such file or directory [did you mean sub/Preds-1.npy?]\n"
        )
    for typed in ("xyz.json", "b.json"):
        assert run("merge", typed).stderr.endswith(": no such file or directory\n")


def test_a_word_that_is_no_file_may_be_a_column_or_a_value(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("p,y,w\n1,2,1\n")
    inputs = ("t.csv", "--pred", "p", "--target", "y")
    repeated = " [several values repeat the option: "
    for args, said in (
        (("--weights", "w"), " [--weight w names the column of t.csv]"),
        (("--weights", "v"), " [--weights names a file; the column of an input is --weight v]"),
        (("--groups=w x",), " [--groups names a file; the column of an input is --by 'w x']"),
        (("--also", "mae", "rmse"), f"{repeated}--also mae --also rmse]"),
        (
            ("--by", "task", "name"),
            f"{repeated}--by task --by name; quotes keep a name whole: --by 'task name']",
        ),
        (("--beta", "0.5", "1"), f"{repeated}--beta 0.5 --beta 1]"),
        (("--quantile", ".5", ".9"), f"{repeated}--quantile .5 --quantile .9]"),
        (("--weights", "w.npy"), ""),  # such names are those of files
        (("--also", "mae", "old/preds"), ""),
        (("-q", "w"), ""),
    ):
        assert run("eval", *inputs, *args).stderr.endswith(f": no such file or directory{said}\n")
    done = run("eval", "--pred", "p", "--target", "y", "run")  # an input after options
    assert done.stderr.endswith(": no such file or directory\n")
    assert refusal(*SIDES, "--also", "mae", "rmse") == (
        "unexpected extra argument: rmse; several values repeat the option: --also mae --also rmse"
    )


def test_a_name_of_two_letters_in_another_order_is_meant() -> None:
    assert hint_about_names("di", ["id", "region"]) == "did you mean 'id'?"
    assert hint_about_names("di", ["region"]) is None


@pytest.mark.parametrize("option", ["--dleta", "--delt"])
def test_an_option_that_is_there_to_be_refused_is_never_meant(option: str) -> None:
    assert "--delta" not in refusal(*SIDES, option, "1")


def test_every_option_that_is_meant_exists_and_no_option_has_its_other_names() -> None:
    options = {
        name
        for command in main.list_commands(None)
        for param in main.get_command(None, command).params
        for name in param.opts
    }
    names = {ours.split()[0] for ours in (*advice._OTHER_OPTIONS, *advice._LETTERS.values())}
    assert names - options == {"smoothl1"}
    others = {other for some in advice._OTHER_OPTIONS.values() for other in some}
    assert (others | {*advice._LETTERS}) & options == {"--workers"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("-beta", "--beta"), ("-output=x", "--output"), ("-key", "--key"), ("-worst", "--top")],
)
def test_a_long_option_after_one_dash_is_not_read_as_letters(typed: str, meant: str) -> None:
    said, name = refusal(*SIDES, typed, "0.5"), typed.partition("=")[0]
    assert said == f"no such option: {name}; did you mean {meant}, with two dashes?"


def test_what_begins_with_a_dash_may_be_a_value_or_letters() -> None:
    assert refusal(*SIDES, "--pred", "-beta", "--nosuch").startswith("no such option: --nosuch")
    assert refusal(*SIDES, "-qb0.5", "-rsum", "--nosuch").startswith("no such option: --nosuch")
    assert refusal("eval", "--", "-beta", "-key", "x") == (
        "unexpected extra argument: x; several models are for smoothl1 compare PRED_A PRED_B TARGET"
    )


def test_superfluous_inputs_are_models_or_files_of_a_pattern() -> None:
    models = "; several models are for smoothl1 compare PRED_A PRED_B TARGET"
    assert refusal("eval", "a", "b", "y") == f"unexpected extra argument: y{models}"
    quoted = "a pattern for several files must be quoted, such as 'preds-*.npy'"
    assert refusal("eval", "p-1.npy", "p-2.npy", "y.npy").endswith(f"{models}, and {quoted}")
    assert refusal("report", *"abcde") == (
        f"unexpected extra arguments: c, d, e{models} -o FILE.html, and {quoted}"
    )
    assert refusal("help", *"abcde") == "unexpected extra arguments: b, c, d, ..."


def test_a_form_that_is_written_in_another_way_says_how() -> None:
    assert "smoothl1 report and compare draw pages" in refusal(*SIDES, "-f", "html")
    assert "did you mean markdown?" in refusal("merge", "r.json", "-f", "md")
    assert "is not one of 'table'" in refusal("merge", "r.json", "-f", "txt")


@pytest.mark.parametrize(
    ("typed", "suffix"),
    [(".cvs", ".csv"), (".jsno", ".json"), (".htlm", ".html"), (".paruqet", ".parquet")],
)
def test_a_suffix_with_a_typing_error_is_no_plain_text(typed: str, suffix: str) -> None:
    for args in (("eval", "p", "t"), ("compare", "a", "b", "t"), ("merge", "r.json")):
        with pytest.raises(SettingsError, match=f"did you mean {suffix}"):
            main.main([*args, "-o", f"x{typed}"], "smoothl1", standalone_mode=False)
    with pytest.raises(SettingsError, match=r"did you mean \.npy\?"):
        main.main([*SIDES, "-r", "none", "-o", "x.nyp"], "smoothl1", standalone_mode=False)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((*RUN, "--pred", "p,q"), "there is one model [--pred p --pred q]"),
        ((*SIDES, "--by", "g"), "t.npy: an array has no column 'g' [--groups FILE stands"),
        ((*SIDES, "--cluster", "g"), "no column 'g' [--clusters FILE stands beside arrays]"),
        ((*SIDES, "--weight", "g"), "no column 'g' [--weights FILE stands beside arrays]"),
        ((*SIDES, "--key", "g"), "p.npy: an array has no key column [without --key, rows are"),
        ((*SIDES, "--pred", "g"), "columns to choose from [an array needs no column name]"),
        (("merge", "p.npy"), "p.npy: not a JSON document: byte 1 is no text [a result is what"),
        (("merge", "t.csv"), "line 1, column 1 is no JSON [a result is what smoothl1 eval --json"),
        ((*SIDES, "-o", "no dir/x.json"), "no such file or directory [mkdir -p 'no dir']"),
        ((*SIDES, "--junit", "a/b/x.xml"), "a/b/x.xml: no such file or directory [mkdir -p a/b]"),
        ((*SIDES, "-o", "."), ".: a folder takes the outputs of parts, each in a file [add --part"),
        ((*SIDES, "-o", "new/"), "new/: a folder takes the outputs of parts, each in a file [add"),
        ((*SIDES, "-o", "r.html"), "r.html: .html is a page, and no table [smoothl1 report draws"),
        ((*SIDES, "-r", "none", "-o", "r.html"), "and no losses [smoothl1 report draws a page"),
    ],
)
def test_a_refusal_says_what_to_do(
    run: Run, samples: Path, tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    (tmp_path / "p.npy").write_bytes((samples / "preds.npy").read_bytes())
    (tmp_path / "t.npy").write_bytes((samples / "targets.npy").read_bytes())
    (tmp_path / "t.csv").write_text("p,y\n1,2\n")
    before = sorted(tmp_path.iterdir())
    done = run(*args)
    assert done.returncode in {2, 3, 4}
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_an_option_that_another_command_has_beats_one_that_is_alike(run: Run) -> None:
    done = run("compare", "a.npy", "b.npy", "t.npy", "--part", "1/2")
    assert "no such option: --part; smoothl1 eval has --part" in done.stderr


def test_a_value_after_a_letter_and_an_equals_sign_is_refused(run: Run, tmp_path: Path) -> None:
    inputs = ("p.npy", "t.npy")
    done = run("eval", *inputs, "-o=my x.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "-o=my x.json: the value would begin with =; did you mean -o 'my x.json'?" in done.stderr
    assert not list(tmp_path.glob("=*"))
    for args in (("-o", "=x"), ("--output==x",)):  # what begins so for certain is taken
        assert "would begin" not in run("eval", *inputs, *args).stderr


def test_what_is_no_number_is_called_so(run: Run) -> None:
    for args, said in (
        (("--top", "3.5"), "'--top': '3.5' is no whole number"),
        (("--within", "x"), "'--within': 'x' is no number"),
    ):
        assert said in run("eval", "p.npy", "t.npy", *args).stderr
    done = run("report", "p.npy", "t.npy", "-f", "csv")
    assert "'csv' is no form: there is json, else a page (-o FILE.html), drawings" in done.stderr


def test_hints_lead_to_what_the_command_takes() -> None:
    assert refusal("-v").endswith("did you mean -V?")
    assert refusal("help", "evl").endswith("did you mean smoothl1 help eval?")
    assert refusal("help", "version").endswith("did you mean smoothl1 --version?")
    assert refusal(*RUN, "--reduction", "sum").endswith("; compare always compares means")
    assert hint_about_names("group,site", ["id", "group"]) == (
        "a name may hold a comma: give each column an option of its own"
    )
    assert hint_about_names("a,bb", ["x", "a,b"]) == "did you mean 'a,b'?"
    with pytest.raises(SettingsError) as caught:
        compare("a.csv", "b c.csv", pred="pred", target="y")
    assert "targets come last: a.csv 'b c.csv' 'b c.csv' takes those" in caught.value.hint
    with pytest.raises(SettingsError) as caught:
        compare("a.csv", "b c.csv", pred_a="a", pred_b="b", target="y")
    assert caught.value.hint == "give a.csv twice if it has both models: a.csv a.csv 'b c.csv'"
