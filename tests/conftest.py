from __future__ import annotations

import gc
import importlib
import os
import random
import sys
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import forked
from tests.sampling import covering

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same examples in every run: whether CI is green must not depend on luck. To look for new ones:
# pytest --hypothesis-profile=search
settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
settings.register_profile("few", parent=settings.get_profile("house"), max_examples=20)
settings.load_profile("house")

_N_KEPT = 2
"""Cases of a function that run with `-m "not grid"`; one where each case starts a process."""


SAMPLED = (
    "tests/backends/cuda/test_cuda_kernels.py::test_any_size_on_any_grid_of_cuda_has_the_same_bits",
    "tests/backends/cuda/test_cuda_kernels.py::test_threads_of_cuda_run_in_any_order",
    "tests/backends/test_group_contract.py::test_dtype_byte_order_and_strides_do_not_matter",
    "tests/backends/test_group_contract.py::test_losses_at_the_first_beta_are_weighted_and_rounded_once",
    "tests/backends/test_group_contract.py::test_magnitudes_near_the_ends_of_the_range",
    "tests/backends/test_group_contract.py::test_moments_of_one_group_grow_to_those_of_many",
    "tests/backends/test_group_contract.py::test_moments_of_rows_are_exact_products",
    "tests/backends/test_group_contract.py::test_random_bit_patterns_of_several_blocks",
    "tests/backends/test_group_contract.py::test_what_is_not_finite_is_counted_apart_wherever_it_stands",
    "tests/backends/test_native.py::test_what_is_not_finite_anywhere",
    "tests/criterion/test_criterion.py::test_values_and_gradients_are_those_of_the_textbook",
    "tests/features/test_first_fault.py::test_of_two_files_the_one_with_the_earlier_fault_is_named",
    "tests/features/test_first_fault.py::test_the_first_fault_of_a_csv_is_named_wherever_it_is_cut",
    "tests/features/test_first_fault.py::test_the_first_fault_of_columns_with_types_is_named_wherever_they_are_cut",
    "tests/features/test_weights.py::test_a_weight_that_is_negative_or_not_finite_is_refused_with_its_row",
    "tests/files/test_digests.py::test_a_file_of_any_format_is_hashed_as_it_is_stored",
    "tests/files/test_stream.py::test_a_compressed_file_that_is_cut_anywhere_is_refused",
    "tests/labels/test_conversion.py::test_groups_are_the_same_as_dictionaries_or_plain",
    "tests/labels/test_conversion.py::test_values_of_every_kind_arrive_as_they_are",
    "tests/metrics/test_distances.py::test_each_metric_is_an_exact_quotient_rounded_once",
    "tests/metrics/test_quantiles.py::test_quantiles_are_those_of_all_distances_sorted",
    "tests/numerics/test_exact_sum.py::test_a_sum_is_exact_at_every_magnitude_and_block_edge",
    "tests/numerics/test_scaling.py::test_comparisons_have_any_unit",
    "tests/numerics/test_scaling.py::test_data_and_beta_have_any_unit",
    "tests/numerics/test_scaling.py::test_weights_have_any_unit",
    "tests/pairing/test_chunks.py::test_blocks_of_the_two_sides_need_not_line_up",
    "tests/pairing/test_chunks.py::test_unequal_rows_are_refused_with_both_counts_and_both_files",
    "tests/pairing/test_chunks.py::test_unequal_shapes_pair_in_c_order_only_when_told_to",
    "tests/pairing/test_headers.py::test_a_first_row_of_marks_for_missing_values_is_no_header_for_certain",
    "tests/pairing/test_key_places.py::test_a_code_twice_or_without_a_match_is_found_at_any_row",
    "tests/pairing/test_keys.py::test_a_doubled_key_in_the_same_order_is_found_across_all_boundaries",
    "tests/pairing/test_keys.py::test_integers_of_any_width_are_matched_by_value",
    "tests/pairing/test_keys.py::test_keys_of_every_kind_are_matched",
    "tests/pairing/test_left_out.py::test_what_is_kept_is_that_of_plain_loops",
    "tests/pairing/test_nan_places.py::test_the_side_that_holds_the_first_nan_is_named",
    "tests/pairing/test_row_counts.py::test_weights_have_as_many_rows_as_sides_that_a_key_matches",
    "tests/pairing/test_row_counts.py::test_weights_have_as_many_rows_as_targets_if_predictions_are_counted_as_they_are_read",
    "tests/results/test_comparison.py::test_a_missing_value_counts_as_a_nan_of_its_own_side",
    "tests/results/test_result.py::test_a_result_reads_back_as_an_equal_value",
    "tests/running/test_evaluate_properties.py::test_results_of_any_bit_patterns_are_those_of_rational_arithmetic",
    "tests/running/test_evaluate_properties.py::test_the_shape_and_order_of_a_stored_array_do_not_matter",
    "tests/running/test_evaluate_properties.py::test_what_is_not_finite_is_counted_wherever_it_stands",
    "tests/sources/arrow/test_whole.py::test_joined_parquet_files_are_refused",
    "tests/sources/csv/test_csv.py::test_a_row_or_a_blank_tail_without_end_is_not_read_for_ever",
    "tests/sources/csv/test_csv.py::test_any_line_end_bom_and_blank_tail_give_the_same_rows",
    "tests/sources/csv/test_csv.py::test_row_numbers_are_right_far_into_a_large_file",
    "tests/sources/csv/test_empty_lines.py::test_an_empty_line_at_the_end_is_a_row_wherever_chunks_end",
    "tests/sources/memory/test_opening.py::test_an_array_gives_the_bits_of_its_file",
    "tests/sources/test_contract.py::test_a_file_that_shrinks_while_being_read_is_an_error_that_names_it",
    "tests/sources/test_contract.py::test_several_threads_may_read_at_the_same_time",
    "tests/sources/test_contract.py::test_the_result_does_not_depend_on_the_formats_of_the_two_sides",
    "tests/witnesses/test_agreement.py::test_a_column_that_agrees_is_not_spoken_of",
    "tests/witnesses/test_agreement.py::test_fractions_in_another_order_are_refused",
    "tests/witnesses/test_agreement.py::test_fractions_that_agree_or_are_others_are_not_spoken_of",
    "tests/witnesses/test_agreement.py::test_other_values_that_rise_on_both_sides_are_refused",
    "tests/witnesses/test_agreement.py::test_the_only_labels_of_both_sides_are_compared_whatever_their_names",
    "tests/witnesses/test_agreement.py::test_the_same_values_in_another_order_are_refused_with_the_key_as_hint",
    "tests/witnesses/test_agreement.py::test_what_may_be_chance_only_causes_a_warning",
    "tests/witnesses/test_base_names.py::test_another_spelling_is_the_same_text_in_any_order",
    "tests/witnesses/test_date_spellings.py::test_dates_with_slashes_are_read_beside_dates_of_any_notation",
    "tests/witnesses/test_encodings.py::test_text_that_is_not_utf8_is_not_compared_with_text_that_is",
    "tests/witnesses/test_missing_among_fractions.py::test_it_hides_no_other_order",
    "tests/witnesses/test_missing_among_times.py::test_it_hides_no_other_order",
    "tests/witnesses/test_order_of_periods.py::test_a_key_is_advised_only_where_both_sides_write_days_alike",
    "tests/witnesses/test_order_of_periods.py::test_a_lag_of_a_day_is_refused_in_any_two_notations",
    "tests/witnesses/test_other_labels.py::test_a_coordinate_does_not_outweigh_another_date",
    "tests/witnesses/test_period_spellings.py::test_a_lag_of_one_in_one_notation_is_refused_with_the_key",
    "tests/witnesses/test_period_spellings.py::test_a_lag_of_one_is_refused_in_two_notations",
    "tests/witnesses/test_period_spellings.py::test_another_order_is_refused_with_advice_to_write_both_alike",
    "tests/witnesses/test_period_spellings.py::test_right_rows_in_two_notations_are_silent",
)
"""Functions whose cases take long. In CI run those of `covering`, always the same; all of them by
`pytest -m "exhaustive or not exhaustive"`."""


@pytest.fixture(scope="module", autouse=True)
def _no_variable_is_left() -> Iterator[None]:
    """Take away what a file of tests leaves in the environment, as Dask does for its workers.

    With another environment at the start, each command would be a process instead of a fork.
    """
    before = forked.early(dict(os.environ))
    yield
    for name in forked.early(dict(os.environ)).keys() - before:
        del os.environ[name]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let a process that has run its tests take some of the others', unless --dist says more."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling  # late: tests also run without pytest-xdist

    return WorkStealingScheduling(config, log)


def pytest_collection(session: pytest.Session) -> None:
    """Look for no garbage among tests that are being collected, all of which stay."""
    gc.disable()
    _share_compilation(session.config)


def _share_compilation(config: pytest.Config) -> None:
    """Let each process of pytest-xdist import other files first, and so compile fewer of them.

    All collect the same files in the same order. Each would rewrite the assertions of a file at
    the same time as the others, which takes half of the time of collecting.
    """
    found: dict[str, Any] = getattr(config, "workerinput", {})
    folders = [Path(arg) for arg in config.args if Path(arg).is_dir()]
    if sys.dont_write_bytecode or not (found and folders):
        return
    files = sorted(path for folder in folders for path in folder.rglob("test_*.py"))
    first = len(files) * int(found["workerid"].removeprefix("gw")) // found["workercount"]
    for path in [*files[first:], *files[:first]]:
        name = ".".join(path.resolve().relative_to(config.rootpath).with_suffix("").parts)
        with suppress(Exception, pytest.skip.Exception):  # said when it is collected
            importlib.import_module(name)


def pytest_collection_finish() -> None:
    """Look for garbage again, seldom among what has been kept for long: imports, mostly."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*gc.get_threshold()[:2], 50)


def pytest_configure(config: pytest.Config) -> None:
    """While developing, look at few examples too."""
    if config.getoption("markexpr") == "not grid":
        settings.load_profile("few")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all cases of a function but a few, always the same, as `grid`."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    for name, of_one in cases.items():
        n_kept = 1 if name.startswith("tests/cli/") else _N_KEPT
        n_marked = max(len(of_one) - n_kept, 0)
        for item in random.Random(name).sample(of_one, n_marked):
            item.add_marker("grid")
        if name in SAMPLED:
            kept = covering([item.callspec.params for item in of_one], name)  # type: ignore[attr-defined]
            for i, item in enumerate(of_one):
                if i not in kept and item.get_closest_marker("grid"):
                    item.add_marker("exhaustive")
