"""Names of files and columns that contradict the sides that they are given as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path


def save(folder: Path, *names: str) -> list[str]:
    """Arrays of 1, 3, 5, ...: losses are whole and a half."""
    for i, name in enumerate(names):
        np.save(folder / f"{name}.npy", np.full(4, 2.0 * i + 1))
    return [str(folder / f"{name}.npy") for name in names]


@pytest.mark.parametrize(
    "how", [{"also": "bias"}, {"nan": "omit-target"}, {"top": 1}, {"ignore_target": -9.0}], ids=str
)
def test_swapped_sides_are_refused_where_it_matters_which_is_which(
    how: dict[str, Any], tmp_path: Path
) -> None:
    true, pred = save(tmp_path, "y_true", "y_pred")
    with pytest.raises(DataError, match="the predictions are called 'y_true' and the targets 'y_p"):
        evaluate(true, pred, **how)
    said: list[str] = []
    assert evaluate(pred, true, warn=said.append, **how).mean == 1.5
    apart = ReadOptions(separate=True)
    assert evaluate(true, pred, options=apart, warn=said.append, **how).mean == 1.5
    said.clear()
    assert evaluate(true, pred, warn=said.append).mean == 1.5
    assert len(said) == 1
    assert "are they swapped?" in said[0]


@pytest.mark.parametrize(
    ("names", "is_told"),
    [
        ("y_test y_pred", True),
        ("test_labels pred_test", True),
        ("y_real y_hat", True),
        ("actual.value pred.value", True),
        ("x_test y_pred", False),
        ("test pred", False),
        ("y_test_pred y_pred", False),
        ("value y_pred", False),
    ],
)
def test_usual_names_have_the_part_of_the_data_beside_them(names: str, *, is_told: bool) -> None:
    one, other = (pa.table({name: [1.0, 4.0]}) for name in names.split())
    said: list[str] = []
    assert evaluate(one, other, warn=said.append).mean == 0
    assert ["are they swapped?" in text for text in said] == [True] * is_told
    assert evaluate(other, one, warn=said.append).mean == 0
    assert len(said) == is_told


@pytest.mark.parametrize(
    ("names", "is_refused"),
    [
        ("preds targets", True),
        ("a/y_pred_0 a/y_pred_1 b/y_true_0", True),
        ("pred obs", True),
        ("x y", False),
        ("preds_0 preds_1", False),
        ("truth model", None),
        ("berlin y", False),
    ],
)
def test_a_folder_of_both_sides_is_none_of_one(
    tmp_path: Path, names: str, *, is_refused: bool | None
) -> None:
    for name in names.split():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        np.save(tmp_path / "p" / f"{name}.npy", [2.0])
    one, other = str(tmp_path / "p/**"), np.ones(len(names.split()))
    said: list[str] = []
    if is_refused:
        for sides in ((one, other), (other, one)):
            with pytest.raises(DataError, match="files of both sides, by their names"):
                evaluate(*sides)
        apart = ReadOptions(separate=True)
        assert evaluate(one, other, options=apart, warn=said.append).mean == 0.5
    else:
        assert evaluate(one, other, warn=said.append).mean == 0.5
    assert ["files of both sides" in text for text in said] == [True] * (is_refused is None)


def test_a_comparison_without_targets_is_told(tmp_path: Path) -> None:
    a, b, c, y = save(tmp_path, "a_pred", "b_pred", "c_pred", "y")
    said: list[str] = []
    compare(a, b, c, warn=said.append)
    assert ["are called 'c_pred', as predictions are" in text for text in said] == [True]
    compare(a, b, y, warn=said.append)
    compare(a, b, c, options=ReadOptions(separate=True), warn=said.append)
    assert len(said) == 1


def test_columns_that_nobody_named_say_that_sides_are_swapped() -> None:
    true, pred, other = (
        pa.table({name: [1.0, x], "id": ["a", "b"]})
        for name, x in (("actual", 2.0), ("y_hat", 3.0), ("forecast", 4.0))
    )
    with pytest.raises(DataError, match="are called 'actual' and the targets 'forecast'"):
        compare(true, pred, other)
    with pytest.raises(DataError, match="are called 'actual' and the targets 'forecast'"):
        compare(pred, true, other)
    assert compare(pred, other, true).to_arrow()["mean_a"].to_pylist() == [0.25]
    assert evaluate(true, pred, pred="actual", also="bias", warn=str).mean == 0.25


@pytest.mark.parametrize(
    ("sides", "is_told"),
    [
        ({"pred": "y_true", "target": "y_pred"}, True),
        ({"pred": "@2", "target": "@1"}, True),
        ({"pred": ("y_true", "truth"), "target": ("y_pred", "forecast")}, True),
        ({"pred": "y_pred", "target": "y_true"}, False),
        ({"pred": "ridge", "target": "y_pred"}, False),
        ({"pred": "y_true", "target": "ridge"}, False),
        ({"pred": ("y_true", "ridge"), "target": ("y_pred", "forecast")}, False),
    ],
    ids=str,
)
def test_columns_that_are_named_for_the_side_of_the_other_are_warned_of(
    sides: dict[str, Any], *, is_told: bool
) -> None:
    names = ("y_pred", "y_true", "forecast", "truth", "ridge")
    table = pa.table({name: [1.0, 2.0 + i] for i, name in enumerate(names)})
    for inputs in ((table,), (table, pa.table(table.to_pydict()))):
        said: list[str] = []
        evaluate(*inputs, also="bias", warn=said.append, **sides)
        assert ["and the targets 'y_pred'" in text for text in said] == [True] * is_told
    evaluate(table, options=ReadOptions(separate=True), warn=said.append, **sides)
    assert len(said) == is_told


@pytest.mark.parametrize("asked", [{"pred": "p", "target": "y"}, {"pred": "p"}, {"target": "y"}])
def test_files_in_the_wrong_order_for_their_columns_are_told_as_such(
    asked: dict[str, str], tmp_path: Path
) -> None:
    for name, column in (("run", "p"), ("other", "p"), ("truth", "y")):
        (tmp_path / f"{name}.csv").write_text(f"id,{column}\na,1\nb,2\n")
    run, other, truth = (tmp_path / f"{name}.csv" for name in ("run", "other", "truth"))
    assert evaluate(run, truth, **asked).mean == 0
    told = {"pred": rf"{run} has 'p'", "target": rf"{truth} has 'y'"}
    said = (
        rf"no column .* \[{', and '.join(told[side] for side in asked)}: predictions come first, "
    )
    with pytest.raises(DataError, match=said):
        evaluate(truth, run, **asked)
    if "pred" in asked:
        with pytest.raises(DataError, match=said):
            compare(truth, other, run, **asked)


def test_a_column_that_no_other_file_has_is_no_sign_of_a_wrong_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p,y\n1,2\n")
    (tmp_path / "b.csv").write_text("z\n1\n")
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    for asked in ({"pred": "q", "target": "z"}, {"pred": "p", "target": "y"}):
        with pytest.raises(DataError, match=r"(a|b)\.csv: no column '(q|y)'; there are") as caught:
            evaluate(one, other, **asked)
        assert "come first" not in str(caught.value)


def test_models_that_are_named_for_the_targets_are_warned_of() -> None:
    table = pa.table({name: [1.0, 2.0 + i] for i, name in enumerate(("ridge", "y_hat", "actual"))})
    said: list[str] = []
    compare(table, pred_a="ridge", pred_b="actual", target="y_hat", warn=said.append)
    compare(table, pred_a="ridge", pred_b="y_hat", target="actual", warn=said.append)
    (text,) = said
    assert text.startswith("the predictions are called 'actual' and the targets 'y_hat': are they")
    assert "(--pred-b names the predictions, --target the targets; --separate" in text


def test_targets_given_first_of_several_models_are_refused(tmp_path: Path) -> None:
    targets, a, b, reference = save(tmp_path, "targets", "a", "b", "reference")
    with pytest.raises(DataError, match="called 'targets', and the targets 'b'"):
        compare(targets, a, b)
    true, ridge, lasso = (pa.table({n: [1.0, 4.0]}) for n in ("y_true", "ridge", "lasso"))
    with pytest.raises(DataError, match="is called 'y_true', and the targets 'lasso'"):
        compare(ridge, true, lasso)
    apart = ReadOptions(separate=True)
    for given in (
        compare(targets, a, b, options=apart),
        compare(b, a, targets),
        compare(targets, targets, a, warn=str),  # all models are called so
        compare(reference, b, a),  # a reference may be a model
        compare(true, ridge, lasso, target="lasso"),
    ):
        assert given.to_arrow().num_rows == 1


def test_files_of_other_folds_or_splits_are_told(tmp_path: Path) -> None:
    for one, other, is_told in (
        ("preds_fold1", "targets_fold2", True),
        ("preds_fold1", "targets_fold01", False),
        ("preds_cv1", "cv2-targets", True),
        ("preds_kfold1", "targets_fold2", True),
        ("cvae1", "cv2", False),
        ("preds_2023", "targets_2024", False),
        ("y_pred_test", "y_val", True),
        ("y_pred_dev", "y_val", False),
        ("scaffold1", "manifold2", False),
        ("run1", "data2", False),
    ):
        said: list[str] = []
        evaluate(*save(tmp_path, one, other), warn=said.append)
        assert ["of different rows by their names" in text for text in said] == [True] * is_told


@pytest.mark.parametrize(
    ("one", "other", "is_told"),
    [
        ("fold1/preds", "fold2/targets", True),
        ("fold1/preds", "fold01/targets", False),
        ("train/preds", "split=val/targets", True),
        ("val_loss/preds", "test_of_it/targets", False),
        ("p/preds_train_?", "y/targets_val_?", True),
        ("preds.train", "y.val", True),
        ("p/preds_fold1_?", "targets_fold2", True),
        ("p/preds_fold?_a", "y/targets_fold1", False),
    ],
)
def test_folds_and_splits_of_folders_and_sets_are_told(
    tmp_path: Path, one: str, other: str, *, is_told: bool
) -> None:
    for path in (one, other):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        for i in range(2) if "?" in path else [0]:
            n_rows = 1 if "?" in path or "?" not in f"{one}{other}" else 2
            np.save(tmp_path / f"{path.replace('?', str(i + 1))}.npy", np.ones(n_rows))
    said: list[str] = []
    sides = [str(tmp_path / f"{path}.npy") for path in (one, other)]
    for pair in (sides, sides[::-1]):
        said.clear()
        assert evaluate(*pair, warn=said.append).mean == 0
        assert any("of different rows by their names" in text for text in said) == is_told


@pytest.mark.parametrize(
    ("pred", "beside", "is_told"),
    [
        ("preds_fold1", "weights_fold2", True),
        ("fold1/preds", "fold2/weights", True),
        ("preds_val", "weights_train", True),
        ("preds_fold1", "weights_fold01", False),
        ("preds_fold1", "sites_2024", False),
    ],
)
def test_weights_groups_and_clusters_of_other_folds_are_told(
    tmp_path: Path, pred: str, beside: str, *, is_told: bool
) -> None:
    for path in (pred, beside):
        (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / f"{pred}.csv").write_text("id,p,y\n7,1,2\n5,1,2\n", encoding="utf-8")
    (tmp_path / f"{beside}.csv").write_text("w\n1\n1\n", encoding="utf-8")
    sides, file = [tmp_path / f"{pred}.csv"] * 2, tmp_path / f"{beside}.csv"
    chosen: dict[str, Any] = {"pred": "p", "target": "y"}
    for given, key in ((sides, "id"), (sides, None), (sides[:1], None)):
        for option in ("weights", "groups", "clusters"):
            how = {option: file, **chosen, **({"key": key} if key else {})}
            said: list[str] = []
            assert evaluate(*given, warn=said.append, **how).mean == 0.5
            found = [text for text in said if "of different rows by their names" in text]
            assert len(found) == is_told, (option, key, said)
            assert evaluate(*given, **how, options=ReadOptions(separate=True), warn=str).mean == 0.5


@pytest.mark.parametrize(
    ("preds", "target", "word"),
    [
        ("preds_rank0 preds_rank1", "targets", "rank"),
        ("oof_fold1 oof_fold2", "targets_all", "fold"),
        ("p.kfold-1 p.kfold-2", "t", "fold"),
        ("oof_fold1 oof_fold2", "targets_fold1 targets_fold2", ""),
        ("preds_part0 preds_part1", "targets", ""),
        ("scaffold1 scaffold2", "targets", ""),
        ("preds_fold1_a preds_fold1_b", "targets", ""),
        ("fold0/preds fold1/preds", "targets", "fold"),
        ("run/rank_0/preds run/rank_1/preds", "targets", "rank"),
        ("fold=0/a fold=0/b fold=1/a fold=1/b", "targets", "fold"),
        ("fold0/preds fold1/preds", "fold00/y fold01/y", ""),
        ("preds_fold0 preds_fold1", "fold0/y fold1/y", ""),
        ("preds_fold0 preds_fold1", "y_0 y_1", ""),
        ("preds_fold0 preds_fold1", "split0_y split1_y", ""),
        ("preds_fold1 preds_fold2", "cv1 cv2", ""),
        ("preds_rank0 preds_rank1", "y_a y_b", "rank"),
        ("preds_rank0 preds_rank1", "y_0 y_1 y_2 y_3", "rank"),
        ("fold1/rank0 fold1/rank1", "fold1/targets_rank0 fold1/targets_rank1", ""),
    ],
)
def test_rows_that_were_dealt_to_files_are_warned_of(
    tmp_path: Path, preds: str, target: str, word: str
) -> None:
    sides = []
    for folder, names in (("p", preds.split()), ("t", target.split())):
        for name in names:
            path = tmp_path / folder / f"{name}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, np.ones(8 // len(names)))
        sides.append(f"{tmp_path / folder}/**/*.npy")
    for one, other in (sides, sides[::-1]):
        said: list[str] = []
        assert evaluate(one, other, warn=said.append).mean == 0
        found = [f"a {word} may hold rows from anywhere" in text for text in said]
        assert found == [True] * bool(word), said
        apart = ReadOptions(separate=True)
        assert evaluate(one, other, options=apart).mean == 0


@pytest.mark.parametrize(
    ("columns", "other_columns", "is_told"),
    [
        ("value", "value", True),
        ("", "", True),
        ("p", "y", True),
        ("id value", "id value", False),
        ("image_id p", "id y", False),
        ("y p", "y", False),
        ("y_true p", "y", False),
        ("month p", "store y", True),
    ],
)
def test_no_column_that_is_evaluated_shows_which_rows_are_in_a_fold(
    tmp_path: Path, columns: str, other_columns: str, *, is_told: bool
) -> None:
    def write(name: str, names: str, rows: range) -> None:
        lines = [",".join([f"{i}.5"] * max(1, len(names.split()))) for i in rows]
        header = [names.replace(" ", ",")] * bool(names)
        (tmp_path / name).write_text("\n".join([*header, *lines, ""]), encoding="utf-8")

    for fold in range(2):
        write(f"oof_fold{fold}.csv", columns, range(8 * fold, 8 * fold + 8))
    write("all.csv", other_columns, range(16))
    sides, said = [tmp_path / "oof_fold*.csv", tmp_path / "all.csv"], list[str]()
    last = [names.rpartition(" ")[2] for names in (columns, other_columns)]
    chosen = dict(zip(("pred", "target"), last, strict=True)) if columns else {}
    assert evaluate(*sides, **chosen, warn=said.append).mean == 0
    found = ["a fold may hold rows from anywhere" in text for text in said]
    assert found == [True] * is_told, said
    for how in ({"separate": True}, {"key_check": False}):
        said.clear()
        evaluate(*sides, **chosen, options=ReadOptions(**how), warn=said.append)
        assert not [text for text in said if "rows from anywhere" in text]


def test_two_candidates_are_not_settled_by_the_column_of_the_other_side() -> None:
    one = pa.table({"score": [1.0, 2.5], "label": [1.0, 2.0]})
    with pytest.raises(DataError, match="several numeric columns: 'score', 'label'"):
        evaluate(one, one.slice(0), pred="score")
    assert evaluate(one, one.slice(0), pred="score", target="label").mean == 0.0625
    plain = one.rename_columns(["a", "b"])
    assert evaluate(plain, plain.take([0, 1]), pred="a").mean == 0


def test_columns_of_both_roles_on_both_sides_are_not_matched_by_name() -> None:
    one = pa.table({"y_pred": [1.5, 2.5], "y_true": [1.0, 2.0]})
    other = pa.table({"y_pred": [3.5, 2.5], "y_true": [4.25, 2.5]})
    with pytest.raises(DataError, match="both 'y_pred' and 'y_true', which are predictions and"):
        evaluate(one, other)
    plain = (one.rename_columns(["u", "v"]), other.rename_columns(["u", "v"]))
    assert evaluate(*plain, warn=str).mean > 0


def in_folders(root: Path, *names: str) -> list[str]:
    """Arrays in folders of these names, two each."""
    for i, name in enumerate(names):
        (root / name).mkdir(parents=True)
        for part in (0, 1):
            np.save(root / name / f"part-{part}.npy", np.full(4, 2.0 * i + 1))
    return [str(root / name) for name in names]


@pytest.mark.parametrize("tail", ["", "/part-0.npy", "/*.npy", "/part-[01].npy"])
def test_folders_say_that_sides_are_swapped(tmp_path: Path, tail: str) -> None:
    folders = in_folders(tmp_path, "run/targets", "run/preds", "run/y_pred")
    true, pred, model = (f"{folder}{tail}" for folder in folders)
    with pytest.raises(DataError, match="the predictions are called 'targets' and the targets 'p"):
        evaluate(true, pred, also="bias")
    with pytest.raises(DataError, match="the predictions are called 'targets' and the targets 'p"):
        compare(true, model, pred)
    said: list[str] = []
    assert evaluate(pred, true, also="bias", warn=said.append).mean == 1.5
    compare(pred, model, true, warn=said.append)
    assert said == []


def test_a_folder_that_all_sides_are_in_says_nothing_of_one(tmp_path: Path) -> None:
    one, other, model = in_folders(tmp_path, "labels/a", "labels/pred", "labels/b")
    said: list[str] = []
    paths = [f"{folder}/part-0.npy" for folder in (one, model, other)]
    evaluate(paths[0], paths[2], also="bias", warn=said.append)
    compare(*paths, warn=said.append)
    assert said == []


def test_the_name_of_a_file_says_more_than_that_of_its_folder(tmp_path: Path) -> None:
    for folder in ("labels", "outputs"):
        (tmp_path / folder).mkdir()
    (pred,) = save(tmp_path / "labels", "preds")
    (true,) = save(tmp_path / "outputs", "truth")
    said: list[str] = []
    evaluate(pred, true, also="bias", warn=said.append)
    assert not any("swapped" in text for text in said)
