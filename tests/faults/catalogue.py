"""Every kind of bad input and fault that is known, and the tests that hold what is promised.

`test_catalogue.py` checks that no case is without a test or a reason, and that the tests exist.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """An input or a fault that must not end in a wrong number.

    Attributes:
        what: What is given, or what happens.
        tests: The tests that hold it, as `path::function`.
        but: What no test holds, and why.
    """

    what: str
    tests: tuple[str, ...] = ()
    but: str = ""


N_CASES = {
    "F": 25,
    "N": 20,
    "G": 8,
    "C": 27,
    "P": 20,
    "S": 19,
    "X": 23,
    "O": 29,
    "T": 7,
    "L": 19,
    "E": 7,
}
"""How many cases each letter has; they are numbered from 1."""

FILES = {
    "F01": Case(
        "a file that is not there",
        ("tests/sources/test_sniffing.py::test_a_missing_file_is_the_system_s_business",),
    ),
    "F02": Case(
        "a folder in place of a file, whatever its name",
        (
            "tests/sources/test_sniffing.py::test_a_folder_is_a_folder_whatever_its_name",
            "tests/files/test_stream.py::test_a_folder_with_anything_else_is_refused",
        ),
    ),
    "F03": Case(
        "a file or a folder that may not be read",
        (
            "tests/sources/test_sniffing.py::test_a_file_without_permission_is_the_system_s_business",
            "tests/cli/test_rights.py::test_an_input_that_may_not_be_read_is_refused_by_the_system_and_reported",
            "tests/files/test_unreadable.py::test_a_folder_that_may_not_be_listed_is_refused",
        ),
    ),
    "F04": Case(
        "a link that leads nowhere or to itself, and a name that is too long",
        (
            "tests/sources/test_sniffing.py::test_broken_links_and_impossible_names_are_the_system_s_business",
        ),
    ),
    "F05": Case(
        "a file of no bytes, and compressed data of none",
        (
            "tests/sources/test_contract.py::test_an_empty_file_is_refused",
            "tests/files/test_stream.py::test_compressed_nothing_is_empty",
        ),
    ),
    "F06": Case(
        "content that is not what the name says",
        (
            "tests/sources/test_sniffing.py::test_what_is_no_file_of_numbers_is_called_what_it_is",
            "tests/sources/test_foreign.py::test_files_of_other_programs_are_named_and_the_way_out_is_said",
        ),
    ),
    "F07": Case(
        "a name without a known suffix, in capitals, or with two",
        (
            "tests/sources/test_sniffing.py::test_content_decides_and_a_name_that_disagrees_is_warned_about",
            "tests/sources/test_sniffing.py::test_a_format_that_is_given_is_believed",
        ),
    ),
    "F08": Case(
        "a readable format under the name of another",
        (
            "tests/sources/test_sniffing.py::test_content_decides_and_a_name_that_disagrees_is_warned_about",
        ),
    ),
    "F09": Case(
        "each beginning of a file",
        (
            "tests/sources/npy/test_npy.py::test_no_beginning_of_a_file_is_taken_for_the_whole",
            "tests/sources/arrow/test_parquet.py::test_no_beginning_of_a_file_is_taken_for_the_whole",
            "tests/sources/npy/test_npz.py::test_every_cut_is_refused",
            "tests/files/test_stream.py::test_a_compressed_file_that_is_cut_anywhere_is_refused",
            "tests/files/test_stream.py::test_a_stream_without_its_end_mark_is_refused",
            "tests/sources/csv/test_csv.py::test_a_last_row_without_line_end_is_read_and_warned_about_once",
            "tests/sources/arrow/test_whole.py::test_no_beginning_of_an_ipc_file_or_stream_is_taken_for_the_whole",
        ),
        but="a CSV that ends with a row is whole: what was behind it, only another input can tell",
    ),
    "F10": Case(
        "bytes behind the end",
        (
            "tests/sources/npy/test_npy.py::test_bytes_after_the_end_are_counted",
            "tests/sources/arrow/test_parquet.py::test_bytes_after_the_end_are_refused",
            "tests/sources/npy/test_npz.py::test_bytes_after_the_end_of_the_archive_are_refused",
            "tests/files/test_stream.py::test_bytes_behind_compressed_data_are_refused",
            "tests/sources/arrow/test_whole.py::test_joined_ipc_files_are_refused",
        ),
    ),
    "F11": Case(
        "a file of holes that is as large as a disk",
        ("tests/cli/test_process.py::test_a_signal_ends_it_by_that_signal_and_nothing_is_left",),
    ),
    "F12": Case(
        "one file as both sides, and standard input or a pipe as both",
        (
            "tests/cli/test_eval.py::test_the_same_file_may_be_both_sides",
            "tests/files/test_stream.py::test_standard_input_cannot_be_both_sides",
            "tests/files/test_stream.py::test_one_pipe_is_one_input_by_whatever_names",
            "tests/cli/test_outputs.py::test_a_pipe_is_not_read_and_written",
        ),
    ),
    "F13": Case(
        "ten thousand inputs, and a pattern that nothing matches",
        (
            "tests/results/test_merge.py::test_ten_thousand_results_merge",
            "tests/files/test_stream.py::test_a_pattern_stands_for_the_files_that_match_in_order",
            "tests/sources/test_many_files.py::test_four_times_as_many_take_four_times_the_work",
        ),
    ),
    "F14": Case(
        "a file that is replaced while it is read",
        (
            "tests/sources/test_contract.py::test_a_file_that_is_replaced_while_open_is_read_as_it_was",
        ),
    ),
    "F15": Case(
        "a file that grows while it is read",
        (
            "tests/sources/test_contract.py::test_only_the_size_seen_at_opening_is_read_of_a_growing_file",
        ),
    ),
    "F16": Case(
        "a file that shrinks while it is read",
        (
            "tests/sources/test_contract.py::test_a_file_that_shrinks_while_being_read_is_an_error_that_names_it",
            "tests/sources/test_changes.py::test_a_file_overwritten_in_place_is_refused",
        ),
    ),
    "F17": Case(
        "a named pipe as input",
        (
            "tests/files/test_stream.py::test_a_pipe_delivers_what_the_file_does",
            "tests/files/test_stream.py::test_a_pipe_among_shards_is_refused_instead_of_waited_for",
        ),
    ),
    "F18": Case(
        "devices that never end, and a terminal",
        (
            "tests/sources/test_sniffing.py::test_endless_devices_are_refused_before_they_are_opened",
            "tests/sources/test_sniffing.py::test_what_holds_nothing_is_empty",
            "tests/sources/test_sniffing.py::test_a_terminal_is_no_input",
        ),
    ),
    "F19": Case(
        "the empty device",
        ("tests/sources/test_sniffing.py::test_what_holds_nothing_is_empty",),
    ),
    "F20": Case(
        "a read that fails in the middle of a file",
        ("tests/faults/test_injection.py::test_each_call_may_fail",),
    ),
    "F21": Case(
        "any name that a file can have",
        (
            "tests/sources/test_sniffing.py::test_any_name_that_a_file_can_have_is_read",
            "tests/cli/test_bad_inputs.py::test_a_bad_input_is_refused_in_one_line_that_names_file_and_place",
        ),
    ),
    "F22": Case(
        "a file that is written to while it is read, and its time of writing is put back, or stays",
        (
            "tests/sources/test_memory_maps.py::test_a_file_written_through_a_memory_map_is_refused",
            "tests/files/test_kept_bytes.py::test_a_hundredth_of_a_file_that_is_written_as_a_whole_is_seen",
            "tests/sources/test_changes.py::test_a_file_overwritten_with_its_time_put_back_is_refused",
            "tests/sources/containers/test_zarr.py::test_a_store_that_changes_while_it_is_read_is_refused",
            "tests/cli/test_saved_results.py::test_a_saved_result_that_is_written_to_while_it_is_read_is_refused",
        ),
    ),
    "F23": Case(
        "a file that is linked, renamed, removed or has other rights while it is read",
        (
            "tests/sources/test_changes.py::test_what_leaves_the_content_of_an_open_file_is_no_change",
            "tests/sources/containers/test_zarr.py::test_a_store_whose_files_are_linked_is_read",
        ),
    ),
    "F24": Case(
        "a saved result in which a number was changed by hand",
        (
            "tests/results/test_changed_by_hand.py::test_a_changed_number_is_refused_unless_other_data_give_it",
            "tests/results/test_changed_by_hand.py::test_figures_that_no_data_have_together_are_refused",
            "tests/figures/test_report_json.py::test_contradictions_are_named",
        ),
    ),
    "F25": Case(
        "JSON of millions of small lists, objects or names",
        ("tests/files/test_dense_json.py::test_a_document_of_millions_of_small_things_is_refused",),
    ),
}
"""Files and paths."""

ARRAYS = {
    "N01": Case(
        "a header that is cut",
        (
            "tests/sources/npy/test_npy.py::test_no_beginning_of_a_file_is_taken_for_the_whole",
            "tests/sources/test_sniffing.py::test_a_file_cut_within_its_mark_is_not_called_text",
        ),
    ),
    "N02": Case(
        "fewer data than the shape says",
        ("tests/sources/npy/test_npy.py::test_too_few_bytes_of_data_are_counted",),
    ),
    "N03": Case(
        "an unknown version",
        ("tests/sources/npy/test_npy.py::test_an_unknown_version_is_named",),
    ),
    "N04": Case(
        "a header that is no dictionary of the three entries",
        ("tests/sources/npy/test_npy.py::test_a_hostile_header_is_refused_in_one_short_line",),
    ),
    "N05": Case(
        "a header that says it is as long as memory",
        (
            "tests/sources/npy/test_npy.py::test_a_header_longer_than_the_file_is_refused_without_reserving_its_length",
            "tests/sources/npy/test_npy.py::test_a_header_that_is_there_but_far_too_long_is_not_even_read",
        ),
    ),
    "N06": Case(
        "a header of more than ten thousand characters",
        (
            "tests/sources/npy/test_npy.py::test_a_header_of_ten_thousand_bytes_is_read_and_a_longer_one_is_not",
        ),
    ),
    "N07": Case(
        "a shape that is larger than the file or than any integer",
        (
            "tests/sources/npy/test_npy.py::test_a_hostile_header_is_refused_in_one_short_line",
            "tests/faults/test_hostile.py::test_a_file_that_claims_too_much_is_refused_soon",
        ),
    ),
    "N08": Case(
        "lengths below zero",
        ("tests/sources/npy/test_npy.py::test_a_hostile_header_is_refused_in_one_short_line",),
    ),
    "N09": Case(
        "a shape that is huge and empty",
        ("tests/sources/npy/test_npy.py::test_an_array_that_is_empty_but_huge_is_over_at_once",),
    ),
    "N10": Case(
        "many elements of no bytes",
        ("tests/sources/npy/test_npy.py::test_huge_arrays_of_nothing_wide_elements_are_refused",),
    ),
    "N11": Case(
        "Python objects, which could run code when they are loaded",
        (
            "tests/sources/npy/test_npy.py::test_pickled_objects_are_never_loaded",
            "tests/sources/test_foreign.py::test_pickles_of_every_protocol_are_named_and_never_loaded",
        ),
    ),
    "N12": Case(
        "dtypes that hold no real numbers, and dates out of range as labels",
        (
            "tests/sources/npy/test_npy.py::test_a_dtype_that_holds_no_real_numbers_is_named",
            "tests/features/test_group_files.py::test_dates_out_of_range_are_refused_as_labels",
        ),
    ),
    "N13": Case(
        "floats of more than 64 bits",
        ("tests/sources/npy/test_npy.py::test_a_dtype_that_holds_no_real_numbers_is_named",),
    ),
    "N14": Case(
        "a boolean that is neither 0 nor 1",
        ("tests/sources/npy/test_npy.py::test_a_boolean_byte_that_is_neither_0_nor_1_is_placed",),
    ),
    "N15": Case(
        "either order of bytes and of axes, all versions, headers in any spelling",
        (
            "tests/sources/npy/test_npy.py::test_every_kind_of_number_is_read_in_either_byte_order",
            "tests/sources/npy/test_npy.py::test_rows_of_any_shape_come_in_c_order",
            "tests/sources/npy/test_npy.py::test_every_version_of_the_format_is_read",
            "tests/sources/npy/test_npy.py::test_a_header_may_be_written_in_any_way_that_numpy_reads",
            "tests/sources/npy/test_npy.py::test_python_2_wrote_long_integers_in_the_shape",
        ),
    ),
    "N16": Case(
        "data that begin at any byte",
        ("tests/sources/npy/test_npy.py::test_the_data_may_begin_at_any_byte",),
    ),
    "N17": Case(
        "several arrays one after the other",
        (
            "tests/sources/test_foreign.py::test_arrays_saved_one_after_the_other_are_more_than_one",
            "tests/sources/test_contract.py::test_files_joined_byte_by_byte_are_refused_or_read_whole",
        ),
    ),
    "N18": Case(
        "archives that are cut, encrypted, of other members, or of two of one name",
        (
            "tests/sources/npy/test_npz.py::test_what_is_not_an_array_is_refused_with_the_name_of_the_member",
            "tests/sources/npy/test_npz.py::test_members_are_read_whatever_the_archive_looks_like",
            "tests/sources/npy/test_npz.py::test_an_encrypted_member_is_refused",
            "tests/sources/npy/test_npz.py::test_an_unknown_compression_is_refused",
            "tests/sources/npy/test_npz.py::test_no_flipped_byte_gives_another_number",
            "tests/sources/npy/test_npz.py::test_every_cut_is_refused",
        ),
    ),
    "N19": Case(
        "an archive whose content is a thousand times larger",
        (
            "tests/sources/npy/test_npz.py::test_a_member_that_grows_a_thousandfold_takes_little_memory",
        ),
    ),
    "N20": Case(
        "an archive that lies about the size of a member",
        (
            "tests/sources/npy/test_npz.py::test_a_member_has_the_size_of_its_array_by_the_archive_too",
        ),
    ),
}
"""`.npy` and `.npz`."""

COMPRESSED = {
    "G01": Case(
        "gzip data that are cut",
        ("tests/files/test_stream.py::test_a_compressed_file_that_is_cut_anywhere_is_refused",),
    ),
    "G02": Case(
        "a wrong checksum or length at the end",
        (
            "tests/files/test_stream.py::test_a_wrong_checksum_or_length_is_refused_even_if_all_rows_came_out",
        ),
    ),
    "G03": Case(
        "a bit that is flipped in compressed data",
        (
            "tests/files/test_gzip_readers.py::test_damaged_data_give_the_same_bytes_and_words",
            "tests/files/test_gzip_readers.py::test_damaged_numbers_are_refused_in_the_same_words",
        ),
    ),
    "G04": Case(
        "several members",
        ("tests/sources/test_contract.py::test_every_number_arrives_bit_for_bit_in_row_order",),
    ),
    "G05": Case(
        "zeros or other bytes behind the end",
        (
            "tests/files/test_stream.py::test_zeros_behind_gzip_data_are_padding",
            "tests/files/test_stream.py::test_bytes_behind_compressed_data_are_refused",
        ),
    ),
    "G06": Case(
        "data that grow a thousandfold",
        (
            "tests/files/test_gzip_readers.py::test_data_that_grow_a_thousandfold_take_little_memory",
        ),
    ),
    "G07": Case(
        "names that say gzip of other content, gzip without such a name, and archives inside gzip",
        (
            "tests/sources/test_sniffing.py::test_content_decides_and_a_name_that_disagrees_is_warned_about",
            "tests/sources/test_foreign.py::test_files_of_other_programs_are_named_and_the_way_out_is_said",
            "tests/files/test_stream.py::test_data_compressed_over_and_over_are_refused",
        ),
    ),
    "G08": Case(
        "members with a name, a comment, further fields, or a reserved flag",
        ("tests/files/test_stream.py::test_what_a_gzip_member_says_of_itself_changes_no_number",),
    ),
}
"""Gzip, and what holds for other compression."""

CSV = {
    "C01": Case(
        "a first row that may be a header or data",
        (
            "tests/pairing/test_headers.py::test_a_row_in_doubt_is_refused_where_nothing_settles_it",
            "tests/sources/csv/test_csv.py::test_a_first_row_is_the_header_unless_all_of_it_is_numbers",
            "tests/sources/csv/test_csv.py::test_the_header_option_settles_what_the_first_row_is",
        ),
    ),
    "C02": Case(
        "a header and no rows",
        ("tests/sources/csv/test_csv.py::test_a_header_without_rows_says_so",),
    ),
    "C03": Case(
        "rows of too few or too many cells",
        (
            "tests/sources/csv/test_csv.py::test_a_row_with_too_few_or_too_many_cells_is_counted_and_placed",
        ),
    ),
    "C04": Case(
        "a comma at the end of the rows alone",
        ("tests/sources/csv/test_csv.py::test_a_trailing_comma_on_data_rows_only_shifts_nothing",),
    ),
    "C05": Case(
        "an empty line among the rows of one column",
        (
            "tests/sources/csv/test_csv.py::test_a_blank_line_among_the_rows_of_one_column_is_a_missing_value",
        ),
    ),
    "C06": Case(
        "empty lines at the end",
        (
            "tests/sources/csv/test_csv.py::test_any_line_end_bom_and_blank_tail_give_the_same_rows",
            "tests/sources/csv/test_empty_lines.py::test_an_empty_line_at_the_end_is_a_row_wherever_chunks_end",
        ),
    ),
    "C07": Case(
        "a last row without the end of its line",
        (
            "tests/sources/csv/test_csv.py::test_a_last_row_without_line_end_is_read_and_warned_about_once",
        ),
    ),
    "C08": Case(
        "byte order marks, and text of two or four bytes a character",
        (
            "tests/sources/csv/test_csv.py::test_any_line_end_bom_and_blank_tail_give_the_same_rows",
            "tests/sources/csv/test_csv.py::test_wide_text_is_refused",
            "tests/files/test_stream.py::test_other_encodings_are_read_if_named",
        ),
    ),
    "C09": Case(
        "every kind of line end, and several of them",
        (
            "tests/sources/csv/test_csv.py::test_any_line_end_bom_and_blank_tail_give_the_same_rows",
            "tests/sources/csv/test_csv.py::test_mixed_line_ends_are_counted_once_each",
            "tests/sources/csv/test_csv.py::test_crcrlf_is_a_line_end_too_many_never_a_row_less",
        ),
    ),
    "C10": Case(
        "quotes that hold line ends, stay open, or stand in the wrong place",
        (
            "tests/sources/csv/test_csv.py::test_quoted_line_ends_and_delimiters_survive_any_boundary",
            "tests/sources/csv/test_csv.py::test_a_quote_left_open_is_placed_where_it_was_opened",
            "tests/sources/csv/test_csv.py::test_a_quote_that_neither_opens_nor_closes_a_cell_is_refused",
            "tests/sources/csv/test_csv.py::test_backslashes_escape_nothing",
        ),
    ),
    "C11": Case(
        "other delimiters",
        (
            "tests/sources/csv/test_csv.py::test_any_delimiter_reads_the_same_rows",
            "tests/sources/csv/test_csv.py::test_another_delimiter_is_hinted_at",
            "tests/sources/csv/test_csv.py::test_what_cannot_delimit_is_refused",
        ),
    ),
    "C12": Case(
        "marks between thousands",
        (
            "tests/sources/csv/test_csv_thousands.py::test_a_comma_may_part_thousands_where_the_decimal_mark_is_a_point",
            "tests/sources/csv/test_csv_thousands.py::test_other_marks_part_thousands_too",
            "tests/sources/csv/test_numbers.py::test_any_spelling_of_a_number_is_read_as_python_reads_it",
        ),
    ),
    "C13": Case(
        "decimal commas",
        (
            "tests/files/test_stream.py::test_a_number_with_the_other_decimal_mark_is_refused_with_a_hint",
            "tests/files/test_stream.py::test_a_decimal_comma_is_read_if_named",
        ),
    ),
    "C14": Case(
        "cells that stand for a missing value",
        (
            "tests/features/test_missing.py::test_the_words_for_missing_in_a_csv_are_not_nan",
            "tests/sources/csv/test_missing_values.py::test_a_usual_token_is_named_with_the_options_that_leave_it_out",
            "tests/sources/csv/test_csv.py::test_a_missing_value_is_said_to_be_missing",
        ),
    ),
    "C15": Case(
        "text in a column of numbers",
        (
            "tests/sources/csv/test_csv.py::test_text_in_a_number_column_is_shown_with_its_row_and_column",
            "tests/sources/csv/test_faults.py::test_what_stands_in_place_of_a_number_is_named_with_what_to_do",
        ),
    ),
    "C16": Case(
        "every spelling of a number, and what only looks like one",
        (
            "tests/sources/csv/test_csv.py::test_a_number_may_be_written_as_strtod_reads_it",
            "tests/sources/csv/test_numbers.py::test_any_spelling_of_a_number_is_read_as_python_reads_it",
            "tests/sources/csv/test_csv.py::test_overflow_is_not_read_as_infinity",
            "tests/sources/csv/test_csv.py::test_a_mantissa_of_400_digits_is_read_exactly",
        ),
    ),
    "C17": Case(
        "integers that binary64 cannot hold",
        ("tests/sources/csv/test_csv.py::test_an_integer_that_binary64_cannot_hold_is_refused",),
    ),
    "C18": Case(
        "a column that turns from integers to fractions late",
        (
            "tests/sources/csv/test_csv.py::test_a_column_that_turns_from_integers_to_floats_late_is_read",
        ),
    ),
    "C19": Case(
        "names of columns that occur twice or are empty",
        (
            "tests/sources/csv/test_csv.py::test_a_doubled_name_is_ambiguous_and_a_position_is_not",
            "tests/sources/csv/test_csv.py::test_a_name_that_looks_like_a_position_is_a_name_first",
            "tests/sources/csv/test_csv.py::test_a_first_row_is_the_header_unless_all_of_it_is_numbers",
        ),
    ),
    "C20": Case(
        "a column that is not there",
        (
            "tests/sources/csv/test_csv.py::test_a_near_miss_is_suggested",
            "tests/sources/test_contract.py::test_a_column_that_is_not_there_is_named_with_those_that_are",
        ),
    ),
    "C21": Case(
        "bytes that are no UTF-8",
        (
            "tests/sources/csv/test_csv.py::test_names_in_another_encoding_do_not_matter_to_the_numbers",
            "tests/files/test_stream.py::test_bytes_that_are_no_text_of_the_encoding_are_refused",
        ),
    ),
    "C22": Case(
        "NUL bytes, and a tail of them",
        (
            "tests/sources/csv/test_csv.py::test_a_nul_byte_is_placed",
            "tests/sources/csv/test_csv.py::test_a_power_cut_tail_of_nul_bytes_is_refused",
        ),
    ),
    "C23": Case(
        "a line of megabytes, and tens of thousands of columns",
        (
            "tests/sources/csv/test_csv.py::test_a_row_of_megabytes_is_refused",
            "tests/sources/csv/test_csv.py::test_a_row_or_a_blank_tail_without_end_is_not_read_for_ever",
            "tests/sources/csv/test_csv.py::test_forty_thousand_columns_are_read",
            "tests/sources/test_many_files.py::test_four_times_as_many_take_four_times_the_work",
        ),
    ),
    "C24": Case(
        "comments, lines above the table, sums and second tables below it, and what was printed",
        (
            "tests/sources/csv/test_printed_tables.py::test_what_printed_a_table_is_told",
            "tests/sources/csv/test_csv.py::test_footers_and_second_tables_are_refused_at_their_row",
            "tests/sources/csv/test_delimiters.py::test_comments_at_the_beginning_are_named_with_the_option_that_skips_them",
            "tests/files/test_stream.py::test_lines_before_the_table_are_skipped_if_told",
            "tests/sources/csv/test_header_rows.py::test_a_header_row_that_is_there_again_is_refused",
        ),
    ),
    "C25": Case(
        "control characters and separators of Unicode that are no line ends",
        ("tests/sources/csv/test_csv.py::test_control_characters_are_never_line_ends",),
    ),
    "C26": Case(
        "text that would command a terminal or a spreadsheet",
        (
            "tests/cli/test_bad_inputs.py::test_a_bad_input_is_refused_in_one_line_that_names_file_and_place",
            "tests/sources/csv/test_csv.py::test_text_in_a_number_column_is_shown_with_its_row_and_column",
        ),
    ),
    "C27": Case(
        "files of other programs in place of a CSV",
        (
            "tests/sources/test_sniffing.py::test_what_is_no_file_of_numbers_is_called_what_it_is",
            "tests/sources/test_foreign.py::test_files_of_other_programs_are_named_and_the_way_out_is_said",
        ),
    ),
}
"""CSV."""

TABLES = {
    "P01": Case(
        "a footer that is cut, encrypted, or claims more than there is",
        (
            "tests/sources/arrow/test_parquet.py::test_a_file_that_contradicts_itself_is_refused",
            "tests/sources/arrow/test_declared_sizes.py::test_large_footers_are_not_read",
            "tests/faults/test_hostile.py::test_a_long_integer_at_any_place_is_no_reason_to_take_memory",
            "tests/sources/arrow/test_parquet.py::test_no_beginning_of_a_file_is_taken_for_the_whole",
            "tests/sources/arrow/test_declared_sizes.py::test_a_footer_longer_than_the_file_is_refused",
        ),
    ),
    "P02": Case(
        "pages that are cut or contradict the footer",
        (
            "tests/sources/arrow/test_parquet.py::test_a_file_that_contradicts_itself_is_refused",
            "tests/sources/arrow/test_parquet.py::test_damage_anywhere_is_refused_or_read_but_never_crashes",
            "tests/faults/test_findings.py::test_a_file_that_did_harm_does_none",
            "tests/faults/test_mutants.py::test_damaged_files_are_read_or_refused_in_one_line",
            "tests/faults/test_fuzz.py::test_any_bytes_are_read_or_refused",
        ),
    ),
    "P03": Case(
        "a wrong checksum of a page",
        (
            "tests/sources/arrow/test_parquet.py::test_a_wrong_page_checksum_is_refused_where_it_matters",
        ),
    ),
    "P04": Case(
        "a flipped bit in a page without checksum, which cannot be seen",
        (
            "tests/sinks/test_contract.py::test_parquet_has_no_missing_values_and_a_checksum_on_every_page",
        ),
        but="what is written here has checksums",
    ),
    "P05": Case(
        "a footer that counts other rows than the columns hold",
        (
            "tests/sources/arrow/test_parquet.py::test_a_file_that_contradicts_itself_is_refused",
            "tests/sources/arrow/test_parquet.py::test_a_group_that_hides_its_rows_has_no_rows",
        ),
    ),
    "P06": Case(
        "columns of different lengths",
        ("tests/sources/arrow/test_parquet.py::test_columns_of_different_lengths_are_refused",),
    ),
    "P07": Case(
        "no row groups, no rows, no columns",
        (
            "tests/sources/arrow/test_parquet.py::test_no_rows_is_refused_by_the_evaluation",
            "tests/sources/arrow/test_parquet.py::test_row_groups_without_rows_are_nothing",
            "tests/sources/arrow/test_parquet.py::test_no_numeric_column_is_said",
        ),
    ),
    "P08": Case(
        "a thousand row groups, and a large one",
        (
            "tests/sources/arrow/test_parquet.py::test_a_thousand_row_groups_are_one_table",
            "tests/sources/arrow/test_parquet.py::test_a_large_row_group_is_read_in_little_memory",
        ),
    ),
    "P09": Case(
        "a column beside ours that needs more memory than there is",
        (
            "tests/sources/arrow/test_declared_sizes.py::test_a_text_that_grows_to_gigabytes_beside_the_columns_is_not_read",
        ),
    ),
    "P10": Case(
        "columns of types that are no numbers",
        (
            "tests/sources/arrow/test_parquet.py::test_a_column_that_holds_no_numbers_is_named_with_its_type",
        ),
    ),
    "P11": Case(
        "decimals of every width",
        (
            "tests/sources/arrow/test_parquet.py::test_decimals_are_rounded_once_to_the_nearest_number",
            "tests/sources/arrow/test_parquet.py::test_decimals_at_a_tie_are_rounded_to_even",
        ),
    ),
    "P12": Case(
        "half precision, unsigned and large integers, booleans",
        (
            "tests/sources/arrow/test_parquet.py::test_every_kind_of_number_is_read_as_it_is",
            "tests/sources/npy/test_npy.py::test_integers_are_subtracted_exactly_beyond_2_to_the_53",
        ),
    ),
    "P13": Case(
        "nulls beside NaN",
        (
            "tests/sources/arrow/test_parquet.py::test_nan_is_kept_and_null_is_missing",
            "tests/features/test_missing.py::test_integers_beside_nulls_are_still_subtracted_exactly",
        ),
    ),
    "P14": Case(
        "every codec, encoding and version of pages",
        (
            "tests/sources/arrow/test_parquet.py::test_every_codec_and_encoding_gives_the_same_numbers",
            "tests/sources/arrow/test_parquet.py::test_integers_in_every_encoding",
            "tests/sources/arrow/test_parquet.py::test_booleans_in_run_length_encoding",
        ),
    ),
    "P15": Case(
        "silly names of columns",
        (
            "tests/sources/arrow/test_parquet.py::test_silly_names_name_just_their_own_column",
            "tests/sources/arrow/test_parquet.py::test_a_name_that_is_no_utf_8_is_refused_by_our_own_error",
        ),
    ),
    "P16": Case(
        "a stream that ends between two batches",
        (
            "tests/files/test_stream.py::test_a_stream_without_its_end_mark_is_refused",
            "tests/sources/arrow/test_whole.py::test_no_beginning_of_an_ipc_file_or_stream_is_taken_for_the_whole",
        ),
    ),
    "P17": Case(
        "offsets beyond the data",
        (
            "tests/sources/arrow/test_declared_sizes.py::test_offsets_beyond_the_text_are_refused_before_it_is_read",
        ),
    ),
    "P18": Case(
        "types that name a class of Python",
        ("tests/sources/arrow/test_parquet.py::test_nothing_that_a_file_names_is_imported_or_run",),
    ),
    "P19": Case(
        "types, encodings and codecs of a later version",
        (
            "tests/sources/arrow/test_parquet.py::test_a_file_that_contradicts_itself_is_refused",
            "tests/sources/arrow/test_int128.py::test_a_file_with_integers_of_128_bits_is_not_called_broken",
        ),
    ),
    "P20": Case(
        "a page that claims more bytes than the file has",
        (
            "tests/sources/arrow/test_pages.py::test_every_page_that_claims_more_than_the_file_has_is_refused",
            "tests/faults/test_findings.py::test_a_file_that_did_harm_does_none",
        ),
    ),
}
"""Parquet and Arrow."""

SIDES = {
    "S01": Case(
        "sides of different lengths",
        (
            "tests/pairing/test_chunks.py::test_unequal_rows_are_refused_with_both_counts_and_both_files",
            "tests/pairing/test_sides.py::test_sides_of_different_lengths_are_told_so_whatever_ids_they_have",
        ),
    ),
    "S02": Case(
        "shapes of one size that differ",
        ("tests/pairing/test_chunks.py::test_unequal_shapes_pair_in_c_order_only_when_told_to",),
    ),
    "S03": Case(
        "shapes that would be repeated to fit",
        (
            "tests/pairing/test_chunks.py::test_one_row_is_never_repeated_for_all",
            "tests/pairing/test_chunks.py::test_one_column_is_never_repeated_for_all",
        ),
    ),
    "S04": Case(
        "sides of different dtypes",
        (
            "tests/numerics/test_loss.py::test_the_distance_is_rounded_once_for_every_pair_of_dtypes_and_byte_orders",
            "tests/pairing/test_chunks.py::test_numbers_of_different_kinds_meet",
        ),
    ),
    "S05": Case(
        "rows in another order",
        (
            "tests/pairing/test_keys.py::test_two_rows_that_changed_places_are_found_anywhere",
            "tests/witnesses/test_agreement.py::test_the_same_values_in_another_order_are_refused_with_the_key_as_hint",
            "tests/pairing/test_sides.py::test_an_id_in_another_order_is_refused",
            "tests/witnesses/test_base_names.py::test_files_of_one_name_in_other_folders_prove_nothing",
            "tests/witnesses/test_counted_texts.py::test_texts_that_count_rows_do_not_outweigh_another_order",
            "tests/witnesses/test_bare_numbers.py::test_the_same_numbers_in_another_order_are_refused",
        ),
    ),
    "S06": Case(
        "a pipe that ends early",
        (
            "tests/files/test_stream.py::test_a_pipe_that_ends_early_is_never_read_as_whole",
            "tests/pairing/test_row_counts.py::test_inputs_from_pipes_have_equally_many_rows",
        ),
    ),
    "S07": Case(
        "sides in different formats, whose blocks do not line up",
        (
            "tests/sources/test_contract.py::test_the_result_does_not_depend_on_the_formats_of_the_two_sides",
            "tests/pairing/test_chunks.py::test_blocks_of_the_two_sides_need_not_line_up",
        ),
    ),
    "S08": Case(
        "nothing on both sides",
        (
            "tests/pairing/test_chunks.py::test_nothing_paired_with_nothing_is_no_result_unless_expected",
            "tests/cli/test_eval.py::test_an_input_without_rows_is_refused_unless_allowed",
        ),
    ),
    "S09": Case(
        "columns in other units",
        ("tests/pairing/test_units.py::test_different_units_are_warned_of",),
    ),
    "S10": Case(
        "axes with names or coordinates in another order",
        (
            "tests/pairing/test_named_axes.py::test_axes_in_another_order_are_refused",
            "tests/pairing/test_named_axes.py::test_the_same_places_in_another_order_are_refused",
            "tests/pairing/test_named_axes.py::test_large_places_that_differ_by_one_are_others",
            "tests/pairing/test_named_axes.py::test_coordinates_along_an_axis_are_compared",
            "tests/pairing/test_axes_of_sets.py::test_each_file_of_a_set_is_compared",
            "tests/pairing/test_axes_of_sets.py::test_with_a_key_a_file_whose_places_no_file_has_in_order_is_refused",
        ),
    ),
    "S11": Case(
        "ids in arrays that are in another order",
        ("tests/pairing/test_ids_in_arrays.py::test_the_same_ids_in_another_order_are_refused",),
    ),
    "S12": Case(
        "a key that changed in one row, or that is there twice or on one side alone",
        (
            "tests/pairing/test_keys.py::test_one_changed_key_is_always_refused",
            "tests/pairing/test_key_places.py::test_a_code_twice_or_without_a_match_is_found_at_any_row",
        ),
    ),
    "S13": Case(
        "weights in another order than the rows that a key matches",
        ("tests/pairing/test_weight_shards.py::test_a_key_does_not_settle_the_order_of_weights",),
    ),
    "S14": Case(
        "times that count from different times, in other units or calendars",
        (
            "tests/pairing/test_times_of_units.py::test_equal_instants_agree_however_they_are_written",
            "tests/pairing/test_times_of_units.py::test_other_instants_differ_as_any_axis_does",
        ),
    ),
    "S15": Case(
        "sets of files whose names go together in another order, or are counted behind other words",
        (
            "tests/pairing/test_shard_names.py::test_numbers_after_the_same_words_at_other_places_contradict_the_order",
            "tests/files/test_shard_counters.py::test_numbers_behind_other_words_that_count_otherwise_leave_a_doubt",
        ),
    ),
    "S16": Case(
        "files that are named after the values of a column of the other side, in another order",
        (
            "tests/pairing/test_named_files.py::test_a_column_in_another_order_than_the_files_is_refused",
        ),
    ),
    "S17": Case(
        "a row of totals on one side or on both",
        (
            "tests/pairing/test_totals.py::test_a_row_of_totals_of_both_sides_is_warned_of",
            "tests/pairing/test_totals.py::test_a_row_of_totals_of_one_side_is_refused",
        ),
    ),
    "S18": Case(
        "two ids of one file that contradict each other",
        (
            "tests/witnesses/test_joined_ids.py::test_ids_in_another_order_are_refused_and_match_rows",
        ),
    ),
    "S19": Case(
        "weights of both sides that differ in a row",
        (
            "tests/features/test_weights.py::test_weights_that_both_sides_have_are_used_if_they_are_equal",
        ),
    ),
}
"""How the rows of two sides are paired."""

NUMBERS = {
    "X01": Case(
        "NaN on a side",
        (
            "tests/results/test_gates.py::test_nan_and_inf_are_within_no_finite_limit",
            "tests/criterion/test_criterion.py::test_nan_and_infinities_propagate",
            "tests/cli/test_eval.py::test_nan_warns_once_with_count_and_first_row",
        ),
    ),
    "X02": Case(
        "an infinity against a number",
        (
            "tests/running/test_evaluate_properties.py::test_what_is_not_finite_is_counted_wherever_it_stands",
            "tests/results/test_gates.py::test_nan_and_inf_are_within_no_finite_limit",
        ),
    ),
    "X03": Case(
        "an infinity against itself",
        (
            "tests/backends/test_contract.py::test_an_infinity_against_itself_is_nan_and_against_its_opposite_infinite",
        ),
    ),
    "X04": Case(
        "differences beyond the largest float16",
        ("tests/sources/npy/test_npy.py::test_float16_does_not_overflow",),
    ),
    "X05": Case(
        "losses and sums beyond their dtype",
        (
            "tests/cli/test_eval.py::test_losses_too_large_for_their_dtype_are_inf_with_a_warning",
            "tests/criterion/test_criterion.py::test_a_float16_sum_overflows_only_if_the_exact_sum_does",
        ),
    ),
    "X06": Case(
        "subnormal numbers and the sign of zero",
        ("tests/sources/npy/test_npy.py::test_subnormals_are_not_flushed_to_zero",),
    ),
    "X07": Case(
        "integers that differ in bits that binary64 has no room for",
        (
            "tests/sources/npy/test_npy.py::test_integers_are_subtracted_exactly_beyond_2_to_the_53",
            "tests/numerics/test_loss.py::test_two_integers_are_subtracted_exactly",
        ),
    ),
    "X08": Case(
        "the smallest integer against the largest",
        (
            "tests/numerics/test_loss.py::test_two_integers_are_subtracted_exactly",
            "tests/numerics/test_loss.py::test_a_distance_of_65_bits_is_rounded_once",
        ),
    ),
    "X09": Case(
        "unsigned integers that would wrap, beside signed ones",
        (
            "tests/sources/npy/test_npy.py::test_small_unsigned_integers_do_not_wrap",
            "tests/sources/npy/test_npy.py::test_unsigned_and_signed_integers_meet_exactly",
        ),
    ),
    "X10": Case(
        "booleans",
        ("tests/sources/npy/test_npy.py::test_booleans_are_0_and_1",),
    ),
    "X11": Case(
        "complex numbers",
        (
            "tests/sources/npy/test_npy.py::test_a_dtype_that_holds_no_real_numbers_is_named",
            "tests/numerics/test_loss.py::test_what_is_no_real_number_is_refused",
        ),
    ),
    "X12": Case(
        "more ones than float32 can count",
        (
            "tests/running/test_evaluate_properties.py::test_long_arrays_are_summed_exactly_in_true_blocks",
            "tests/running/test_evaluate_properties.py::test_more_ones_than_float32_counts_are_counted",
        ),
    ),
    "X13": Case(
        "sums of large and small numbers in any order and chunks",
        (
            "tests/numerics/test_exact_sum.py::test_a_sum_depends_neither_on_order_nor_on_cuts",
            "tests/numerics/test_exact_sum.py::test_what_is_lost_in_floating_point_is_kept",
            "tests/running/test_evaluate_properties.py::test_any_numbers_in_any_formats_cut_in_any_way_give_the_exact_tallies",
        ),
    ),
    "X14": Case(
        "more elements than 32 bits count",
        (
            "tests/tallies/test_tally.py::test_a_mean_is_rounded_once_for_any_count",
            "tests/numerics/test_group_sums.py::test_many_full_blocks_of_the_largest_digits_do_not_overflow",
        ),
        but="of states, not of arrays: 2**32 elements take too long",
    ),
    "X15": Case(
        "a beta of 0",
        ("tests/numerics/test_loss.py::test_beta_zero_is_exactly_l1",),
    ),
    "X16": Case(
        "a beta that is negative, NaN or no number",
        (
            "tests/cli/test_bad_inputs.py::test_a_beta_that_is_none_is_refused_before_any_file_is_opened",
        ),
    ),
    "X17": Case(
        "an infinite beta",
        ("tests/test_settings.py::test_a_beta_that_is_negative_nan_or_infinite_is_refused",),
    ),
    "X18": Case(
        "a beta that float32 takes for 0",
        (
            "tests/criterion/test_criterion.py::test_the_smallest_beta_behaves_as_l1_to_one_rounding",
            "tests/numerics/test_loss.py::test_beta_may_be_or_be_beside_any_power_of_two",
        ),
    ),
    "X19": Case(
        "squares that overflow although the loss does not",
        (
            "tests/criterion/test_criterion.py::test_a_square_that_would_overflow_does_not",
            "tests/numerics/test_loss.py::test_a_loss_is_small_where_the_square_of_the_distance_would_overflow_in_float32",
        ),
    ),
    "X20": Case(
        "differences at beta and beside it",
        (
            "tests/numerics/test_loss.py::test_a_loss_is_the_definition_bit_for_bit",
            "tests/numerics/test_loss.py::test_a_larger_distance_never_has_a_smaller_loss_on_the_linear_side",
            "tests/backends/test_contract.py::test_quadratic_elements_are_those_strictly_below_beta",
        ),
    ),
    "X21": Case(
        "numbers as text",
        (
            "tests/cli/test_eval.py::test_prints_the_mean_alone_in_the_shortest_digits",
            "tests/sinks/test_lines.py::test_a_binary64_is_written_as_repr_does",
            "tests/cli/test_eval.py::test_json_has_no_nan_and_no_inf",
        ),
    ),
    "X22": Case(
        "limits that the loss equals, and limits that are no numbers",
        (
            "tests/results/test_gates.py::test_a_limit_that_equals_the_loss_passes_and_the_next_below_fails",
            "tests/results/test_gates.py::test_a_limit_is_a_number",
        ),
    ),
    "X23": Case(
        "warnings of NumPy",
        (
            "tests/numerics/test_exact_sum.py::test_no_floating_point_flag_leaks_from_a_sum",
            "tests/criterion/test_criterion.py::test_no_floating_point_flag_leaks_from_a_gradient",
            "tests/cli/test_process.py::test_the_environment_does_not_change_the_answer",
        ),
    ),
}
"""Numbers, and what is computed of them."""

SYSTEM = {
    "O01": Case(
        "a reader that closes its end early",
        (
            "tests/cli/test_process.py::test_a_reader_that_leaves_ends_it_quietly_by_sigpipe",
            "tests/cli/test_exit_codes.py::test_a_reader_that_left_ends_it_by_sigpipe_and_not_by_the_gate",
        ),
    ),
    "O02": Case(
        "a parent that ignores SIGPIPE",
        but="Python ignores it from its start, so that nobody can tell: the signal ends it",
    ),
    "O03": Case(
        "a full standard output",
        (
            "tests/cli/test_process.py::test_a_full_stdout_is_an_io_error",
            "tests/cli/test_streams.py::test_every_command_tells_what_became_of_its_answer",
        ),
    ),
    "O04": Case(
        "a closed standard output",
        (
            "tests/cli/test_process.py::test_a_closed_stdout_is_an_io_error",
            "tests/cli/test_closed_streams.py::test_no_answer_is_lost_in_a_closed_stream_that_is_named",
            "tests/cli/test_streams.py::test_every_command_tells_what_became_of_its_answer",
        ),
    ),
    "O05": Case(
        "a closed or full standard error",
        (
            "tests/cli/test_process.py::test_a_closed_stderr_leaves_the_exit_code",
            "tests/cli/test_streams.py::test_every_command_tells_what_became_of_its_answer",
        ),
    ),
    "O06": Case(
        "closed streams whose numbers an output could get",
        (
            "tests/cli/test_process.py::test_an_output_never_lands_on_a_closed_standard_stream",
            "tests/cli/test_closed_streams.py::test_a_closed_standard_input_that_is_named_is_an_io_error",
        ),
    ),
    "O07": Case(
        "SIGINT at any moment",
        (
            "tests/cli/test_process.py::test_a_signal_ends_it_by_that_signal_and_nothing_is_left",
            "tests/cli/test_process.py::test_a_signal_that_comes_at_an_awkward_moment_ends_it_and_nothing_is_left",
            "tests/faults/test_injection.py::test_each_call_may_fail",
        ),
        but="what happens while Python starts is before our code; a signal comes at each call",
    ),
    "O08": Case(
        "a second SIGINT during the end",
        ("tests/cli/test_process.py::test_a_signal_ends_it_by_that_signal_and_nothing_is_left",),
    ),
    "O09": Case(
        "SIGTERM and SIGHUP",
        (
            "tests/cli/test_process.py::test_a_signal_ends_it_by_that_signal_and_nothing_is_left",
            "tests/faults/test_injection.py::test_each_call_may_fail",
        ),
    ),
    "O10": Case(
        "SIGKILL at any write, sync or rename",
        ("tests/faults/test_injection.py::test_each_call_may_fail",),
    ),
    "O11": Case(
        "a run that is stopped and goes on",
        ("tests/faults/test_surroundings.py::test_a_run_that_is_paused_goes_on",),
    ),
    "O12": Case(
        "a disk that is full at any write, and errors of sync and close",
        (
            "tests/faults/test_injection.py::test_each_call_may_fail",
            "tests/cli/test_process.py::test_a_file_that_may_not_grow_is_an_io_error_and_the_old_one_stays",
        ),
        but="a file system that is full or read-only was tried by hand: mounting takes root",
    ),
    "O13": Case(
        "a place where no output can be made",
        (
            "tests/cli/test_process.py::test_an_output_that_cannot_be_made_is_refused_before_any_work",
            "tests/files/test_atomic.py::test_what_cannot_be_created_is_refused_with_its_name",
            "tests/cli/test_rights.py::test_a_baseline_that_may_not_be_created_is_refused_before_any_work",
        ),
    ),
    "O14": Case(
        "an output that exists",
        (
            "tests/cli/test_process.py::test_an_output_replaces_a_file_and_keeps_its_mode",
            "tests/cli/test_process.py::test_an_output_behind_a_link_is_replaced_where_it_is",
            "tests/cli/test_process.py::test_an_output_belongs_to_who_ran_the_command",
        ),
    ),
    "O15": Case(
        "an output that is an input, by any name",
        (
            "tests/cli/test_process.py::test_an_output_may_be_an_input",
            "tests/cli/test_outputs.py::test_a_report_does_not_replace_an_input",
            "tests/cli/test_outputs.py::test_two_outputs_that_are_one_file_are_refused",
        ),
    ),
    "O16": Case(
        "a folder, a device, a pipe or a terminal as output",
        (
            "tests/cli/test_process.py::test_a_device_is_written_in_place",
            "tests/cli/test_process.py::test_an_output_that_cannot_be_made_is_refused_before_any_work",
            "tests/cli/test_process.py::test_binary_data_does_not_go_to_a_terminal",
        ),
    ),
    "O17": Case(
        "two runs that write the same output",
        ("tests/files/test_atomic.py::test_of_two_writers_one_whole_result_wins",),
    ),
    "O18": Case(
        "a folder for temporary files on another file system",
        (
            "tests/files/test_atomic.py::test_the_name_appears_when_all_is_written",
            "tests/cli/test_process.py::test_a_signal_ends_it_by_that_signal_and_nothing_is_left",
        ),
    ),
    "O19": Case(
        "a run that fails after half of its output",
        (
            "tests/cli/test_process.py::test_a_failed_run_leaves_the_old_output",
            "tests/files/test_atomic.py::test_on_any_error_the_old_file_stays_and_nothing_else",
        ),
    ),
    "O20": Case(
        "little address space",
        (
            "tests/cli/test_limits.py::test_little_address_space_is_an_io_error",
            "tests/cli/test_process.py::test_a_library_that_memory_does_not_suffice_for_is_a_system_error",
        ),
    ),
    "O21": Case(
        "memory that ends at any allocation",
        (
            "tests/cli/test_limits.py::test_little_address_space_is_an_io_error",
            "tests/cli/test_saved_results.py::test_memory_that_does_not_suffice_gives_no_advice_that_merge_cannot_follow",
        ),
        but="of several limits; failing each allocation in turn takes Python itself down",
    ),
    "O22": Case(
        "few open files, little stack, small files",
        (
            "tests/cli/test_limits.py::test_few_open_files_are_an_io_error",
            "tests/cli/test_process.py::test_a_file_that_may_not_grow_is_an_io_error_and_the_old_one_stays",
            "tests/faults/test_surroundings.py::test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough",
        ),
        but="few processes and little processor time were tried by hand: the number is the same",
    ),
    "O23": Case(
        "no home, no folder for temporary files",
        (
            "tests/cli/test_process.py::test_the_environment_does_not_change_the_answer",
            "tests/faults/test_surroundings.py::test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough",
        ),
        but="without /proc or /dev/shm, or with limits of a container, takes rights that CI lacks",
    ),
    "O24": Case(
        "a working folder that was removed",
        (
            "tests/cli/test_removed_folder.py::test_absolute_paths_and_those_beside_it_are_read",
            "tests/cli/test_removed_folder.py::test_a_relative_path_is_named_where_it_leads_nowhere",
        ),
    ),
    "O25": Case(
        "an odd time zone",
        (
            "tests/faults/test_surroundings.py::test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough",
            "tests/cli/test_tables.py::test_a_compressed_output_is_the_same_in_every_run",
        ),
    ),
    "O26": Case(
        "a worker that is killed",
        (
            "tests/engines/test_executor.py::test_a_worker_that_ends_is_told_in_one_line",
            "tests/engines/test_dask.py::test_clusters_of_any_size_give_the_same_bits_also_if_workers_are_killed",
        ),
    ),
    "O27": Case(
        "modules of our names in the working folder",
        (
            "tests/faults/test_surroundings.py::test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough",
            "tests/cli/test_action.py::test_modules_that_the_workflow_has_on_its_path_are_not_imported",
        ),
    ),
    "O28": Case(
        "switches of Python: optimized, warnings as errors, development mode",
        (
            "tests/cli/test_process.py::test_the_environment_does_not_change_the_answer",
            "tests/faults/test_surroundings.py::test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough",
            "tests/faults/test_surroundings.py::test_no_command_leaves_a_warning_or_an_open_file_in_development_mode",
        ),
    ),
    "O29": Case(
        "huge, empty and repeated arguments",
        (
            "tests/faults/test_surroundings.py::test_a_huge_argument_is_refused_in_a_short_line",
            "tests/cli/test_parsing.py::test_an_option_of_one_value_is_refused_if_it_is_given_twice",
            "tests/cli/test_parsing.py::test_an_empty_path_is_a_variable_that_is_not_set",
        ),
    ),
}
"""The process and the operating system."""

TERMINALS = {
    "T01": Case(
        "other locales and encodings",
        (
            "tests/cli/test_process.py::test_the_environment_does_not_change_the_answer",
            "tests/faults/test_surroundings.py::test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough",
            "tests/faults/test_surroundings.py::test_a_locale_with_a_decimal_comma_changes_no_byte",
        ),
    ),
    "T02": Case(
        "colors that are refused or forced, and terminals without them",
        (
            "tests/cli/test_process.py::test_no_color_is_respected",
            "tests/faults/test_surroundings.py::test_colors_that_are_forced_reach_no_pipe",
            "tests/cli/views/test_progress.py::test_nothing_is_shown_without_a_terminal_or_in_a_short_run",
        ),
    ),
    "T03": Case(
        "terminals of silly widths",
        (
            "tests/cli/test_help.py::test_a_page_fits_a_narrow_terminal_and_no_word_is_cut",
            "tests/cli/test_process.py::test_a_narrow_terminal_gets_the_whole_number",
            "tests/cli/test_process.py::test_a_terminal_of_unknown_width_sees_the_summary",
            "tests/cli/test_tables.py::test_a_pipe_never_depends_on_the_terminal",
        ),
    ),
    "T04": Case(
        "binary output to a terminal",
        (
            "tests/cli/test_process.py::test_binary_data_does_not_go_to_a_terminal",
            "tests/cli/test_tables.py::test_a_binary_table_does_not_go_to_a_terminal",
        ),
    ),
    "T05": Case(
        "help and version to a stream that takes nothing",
        (
            "tests/cli/test_process.py::test_a_full_stdout_is_an_io_error",
            "tests/cli/test_streams.py::test_every_command_tells_what_became_of_its_answer",
        ),
    ),
    "T06": Case(
        "names with control characters in errors",
        (
            "tests/cli/test_bad_inputs.py::test_a_bad_input_is_refused_in_one_line_that_names_file_and_place",
            "tests/cli/test_right_rows.py::test_inspect_escapes_names",
        ),
    ),
    "T07": Case(
        "consoles of Windows",
        but="CI runs on Linux",
    ),
}
"""Terminals and locales."""

STORES = {
    "L01": Case(
        "Delta tables",
        (
            "tests/pairing/test_sides.py::test_tables_with_a_log_are_refused_by_name",
            "tests/sources/lakes/test_absent.py::test_the_extra_that_reads_a_table_is_named",
            "tests/sources/lakes/test_delta.py::test_the_rows_that_count_are_those_of_the_log",
            "tests/sources/lakes/test_delta_log.py::test_an_empty_commit_is_refused_where_its_rows_count",
            "tests/sources/lakes/test_delta_log.py::test_a_commit_that_was_cut_at_the_end_of_a_line_is_refused",
        ),
    ),
    "L02": Case(
        "Iceberg tables",
        (
            "tests/pairing/test_sides.py::test_tables_with_a_log_are_refused_by_name",
            "tests/sources/lakes/test_absent.py::test_the_extra_that_reads_a_table_is_named",
            "tests/sources/lakes/test_iceberg.py::test_the_rows_that_count_are_those_of_the_snapshot",
            "tests/sources/lakes/test_iceberg.py::test_a_copy_is_refused_and_not_read_from_the_files_of_the_original",
            "tests/sources/lakes/test_iceberg.py::test_a_manifest_or_a_list_of_them_that_is_cut_or_another_one_is_refused",
        ),
    ),
    "L03": Case(
        "Hudi tables",
        ("tests/pairing/test_sides.py::test_tables_with_a_log_are_refused_by_name",),
    ),
    "L04": Case(
        "folders that are named after values",
        (
            "tests/sources/test_constants.py::test_folders_are_keys",
            "tests/sources/test_constants.py::test_groups_of_folders_have_the_sums_of_their_rows",
            "tests/files/test_partitions.py::test_folders_of_values_without_files_are_left_out_and_told",
        ),
    ),
    "L05": Case(
        "marks beside shards, and hidden files",
        (
            "tests/pairing/test_sides.py::test_marks_beside_shards_are_skipped_and_hidden_files_are_told",
            "tests/files/test_stream.py::test_hidden_files_in_a_folder_are_named",
            "tests/files/test_listed.py::test_only_the_files_that_a_saved_dataset_lists_count",
        ),
    ),
    "L06": Case(
        "a shard without rows",
        (
            "tests/files/test_stream.py::test_a_shard_without_rows_counts_for_none",
            "tests/files/test_patterns.py::test_empty_files_are_no_shards_but_of_text",
            "tests/files/stores/test_bits.py::test_empty_objects_of_a_folder_are_left_out_or_refused_as_empty_files_are",
        ),
    ),
    "L07": Case(
        "shards whose names and numbers are in different orders",
        (
            "tests/pairing/test_sides.py::test_shards_are_joined_in_the_order_of_their_numbers",
            "tests/pairing/test_sides.py::test_sides_of_equally_many_shards_must_have_the_same_numbers",
        ),
    ),
    "L08": Case(
        "a shard without the header of the others",
        (
            "tests/pairing/test_headers.py::test_a_shard_without_the_header_of_the_others_is_refused",
        ),
    ),
    "L09": Case(
        "a store that refuses, stalls, cuts or replaces",
        (
            "tests/files/stores/test_requests.py::test_requests_that_fail_now_and_then_are_made_again",
            "tests/files/stores/test_requests.py::test_requests_that_always_fail_end_in_one_line_that_names_the_object",
            "tests/files/stores/test_requests.py::test_an_object_that_ends_as_the_buffer_did_is_read_as_it_is",
            "tests/files/stores/test_requests.py::test_a_server_that_says_nothing_does_not_keep_the_process",
            "tests/files/stores/test_requests.py::test_an_object_that_is_replaced_while_it_is_read_is_refused",
            "tests/files/stores/test_requests.py::test_what_is_not_there_or_not_allowed_is_told_in_few_words",
            "tests/files/stores/test_requests.py::test_shards_that_are_replaced_between_two_looks_are_refused",
            "tests/files/stores/test_requests.py::test_a_folder_is_listed_once_and_none_of_its_objects_is_looked_at",
            "tests/files/stores/test_requests.py::test_a_folder_of_several_pages_is_listed_until_two_listings_agree",
        ),
    ),
    "L10": Case(
        "an upload that is cut",
        (
            "tests/files/stores/test_writing.py::test_uploads_that_fail_leave_nothing_or_what_was_there",
            "tests/files/stores/test_fsspec.py::test_a_write_that_fails_leaves_nothing",
            "tests/files/stores/test_writing.py::test_an_error_leaves_the_store_as_it_was",
        ),
        but="after SIGKILL an unfinished upload of several parts may stay, which has no name",
    ),
    "L11": Case(
        "parts that are missing, doubled or of another plan",
        (
            "tests/results/test_part.py::test_what_is_not_all_parts_of_one_run_is_refused",
            "tests/cli/test_part.py::test_parts_that_do_not_make_a_whole_are_refused_by_their_names",
        ),
    ),
    "L12": Case(
        "losses of parts of two runs in one folder, and parts that are not what was written",
        (
            "tests/cli/test_part_folders.py::test_losses_of_two_runs_are_refused_where_they_meet",
            "tests/cli/test_part_folders.py::test_losses_that_are_not_what_was_written_are_refused",
            "tests/files/stores/test_writing.py::test_losses_of_parts_in_a_store_are_read_if_they_belong_together",
        ),
    ),
    "L13": Case(
        "a copy of a shard beside it, and two names of one file",
        (
            "tests/files/test_copies.py::test_a_copy_beside_the_original_is_refused",
            "tests/files/test_copies.py::test_two_names_of_one_file_are_refused",
        ),
    ),
    "L14": Case(
        "a file that holds all others, and files of several runs",
        (
            "tests/files/test_repeated.py::test_a_file_called_after_all_others_is_refused",
            "tests/files/test_repeated.py::test_files_of_several_runs_are_warned_of",
        ),
    ),
    "L15": Case(
        "a shard that is missing by the count in the names of others",
        (
            "tests/files/test_shard_counts.py::test_a_set_with_a_missing_file_is_refused",
            "tests/files/test_shard_counts.py::test_files_of_two_sets_are_refused",
        ),
    ),
    "L16": Case(
        "dates in names that sort otherwise than the names",
        ("tests/files/test_shard_dates.py::test_dates_that_sort_otherwise_than_names_are_refused",),
    ),
    "L17": Case(
        "files that a program had not finished",
        ("tests/files/test_unfinished.py::test_unfinished_files_are_refused_unless_asked_for",),
    ),
    "L18": Case(
        "files that the list of a saved data set does not name, or a damaged list",
        (
            "tests/files/test_listed.py::test_files_that_a_saved_dataset_does_not_list_are_told",
            "tests/files/test_listed.py::test_a_damaged_list_of_a_saved_dataset_is_refused",
        ),
    ),
    "L19": Case(
        "a folder that cannot be looked at a second time",
        (
            "tests/files/test_partitions.py::test_a_folder_that_cannot_be_looked_at_once_is_found_or_stands_for_itself",
        ),
    ),
}
"""Shards, tables with a log, and stores."""

ENGINES = {
    "E01": Case(
        "CUDA that is missing, broken or out of memory",
        (
            "tests/backends/cuda/test_cuda_absent.py::test_what_cuda_lacks_is_named",
            "tests/backends/cuda/test_cuda_absent.py::test_a_cuda_device_that_fails_when_it_is_opened_is_refused_and_auto_is_the_cpu",
            "tests/backends/cuda/test_cuda_absent.py::test_auto_says_in_the_json_that_the_cpu_computed",
            "tests/backends/cuda/test_cuda_device.py::test_an_array_larger_than_the_memory_of_cuda_is_one_line",
        ),
    ),
    "E02": Case(
        "no folder for compiled kernels",
        (
            "tests/backends/cuda/test_cuda_absent.py::test_a_cupy_that_is_broken_or_another_thing_is_no_cuda_and_auto_is_the_cpu",
        ),
        but="CuPy needs one: without it the error says which, and `auto` takes the CPU",
    ),
    "E03": Case(
        "workers that never come or are killed, a scheduler that is gone",
        (
            "tests/engines/test_dask.py::test_no_workers_and_no_scheduler_end_within_the_deadline",
            "tests/engines/test_dask.py::test_clusters_of_any_size_give_the_same_bits_also_if_workers_are_killed",
            "tests/engines/test_dask.py::test_a_part_that_ends_every_worker_is_named",
            "tests/engines/test_dask.py::test_a_scheduler_that_vanishes_ends_the_run",
            "tests/engines/test_dask.py::test_a_scheduler_that_stalls_ends_the_run_within_the_deadline",
            "tests/engines/test_dask.py::test_a_worker_that_stalls_with_a_part_is_named_and_ended",
        ),
    ),
    "E04": Case(
        "other versions on workers",
        (
            "tests/engines/test_dask.py::test_workers_of_other_versions_do_not_begin",
            "tests/running/test_parts.py::test_a_worker_of_other_versions_or_in_another_folder_does_not_begin",
        ),
    ),
    "E05": Case(
        "pools of processes, and SIGINT while they work",
        (
            "tests/running/test_passes.py::test_evaluate_compare_and_report_give_the_bits_of_threads",
            "tests/engines/test_dask_interrupts.py::test_an_interrupt_ends_it_quietly_and_leaves_no_process",
        ),
    ),
    "E06": Case(
        "libraries that do not end with the process",
        (
            "tests/files/stores/test_requests.py::test_a_server_that_says_nothing_does_not_keep_the_process",
        ),
    ),
    "E07": Case(
        "inputs that change between the tasks of a worker, or after its last one",
        (
            "tests/running/test_tasks.py::test_an_answer_says_that_what_it_read_is_unchanged_and_no_later_run_hears_of_it",
            "tests/running/test_tasks.py::test_a_process_ends_without_a_word_if_what_it_read_changes_later",
            "tests/files/stores/test_elsewhere.py::test_an_object_that_is_replaced_between_two_tasks_is_refused_by_the_answer",
        ),
    ),
}
"""Engines and devices."""

CATALOGUE = {
    **FILES,
    **ARRAYS,
    **COMPRESSED,
    **CSV,
    **TABLES,
    **SIDES,
    **NUMBERS,
    **SYSTEM,
    **TERMINALS,
    **STORES,
    **ENGINES,
}
