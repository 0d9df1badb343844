"""A column that two inputs have in common: a witness."""

from __future__ import annotations

from typing import NamedTuple


class SharedColumn(NamedTuple):
    """A column that two inputs have in common.

    Attributes:
        name: Its name in the first input.
        other_name: Its name in the second input: the same, except for an index of rows.
        one: Position of the first input among all inputs.
        other: Position of the second input.
        is_index: Whether it is an index of rows, which often just counts them.
        is_id: Whether its name says that it identifies rows.
        may_be_key: Whether rows can be matched by it.
        are_numbers: Whether values are compared as numbers. Such a column may be a feature or a
            score: if it differs, it is named only where no column shows that rows match, and no
            message advises to match rows by it.
        are_rows: Whether each value is several numbers, such as an embedding.
        is_guessed: Whether it is only a guess that it is the same column: the names differ.
        are_whole: Whether it is whole numbers, or text that may be these, on both sides.
        is_label: Whether it is text, dates, or true and false, on both sides.
        are_flags: Whether it is true and false on one side at least; text of the other side may say
            other things. Two values prove nothing.
        index_side: Where it is a guess, the side (0 or 1) on which it is an index of rows; None if
            it is none.
        counts_rows: Whether both are an index without a name that just counts rows, as far as the
            first file of a set tells; then it says nothing.
        is_noted: Whether it is an index that one of them does not store.
        is_comparable: Whether its types can be compared. If not, it is not read.
        is_copy: Whether one of the inputs evaluates it, so that the other may have a copy. A copy
            may be corrected, so only another order of the same values counts.
        is_copy_of_other: Whether it is the second input that evaluates it.
        is_one_of_many: Whether it is a guess, and one of several columns that may be meant: then
            only the order of the values is compared.
        side_of_files: The side (0 or 1) on which it is made of the words in names of files; None if
            both inputs store it.
        is_of_folders: Whether folders of one side are named after it.
        lone_beside: Position of an input without labels, if this is an id that one input alone has
            (`one` and `other` are the same then); None for a column that two inputs have.
        is_beside_index: Whether that input has an index without a name of which only a comparison
            tells whether it just counts its rows.
        is_joined: Whether the columns are two ids of one input, perhaps those of a join (`one` and
            `other` are the same then).
        are_apart: Whether each of them stands with one of what is evaluated, as in tables that were
            put side by side.
        is_of_groups: Whether one of the inputs reads it as groups or clusters.
        is_of_validity: Whether it is the time that predictions are valid for, beside another time
            of theirs: that the other one agrees does not excuse that this one differs.
        is_of_issue: Whether it is the time at which predictions were issued, beside how far ahead
            they are, and another time on the other side: then it says nothing of the rows.
        leaves_rows_out: Whether rows may be left out, so that not all of them are compared.
    """

    name: str
    other_name: str
    one: int
    other: int
    is_index: bool = False
    is_id: bool = False
    may_be_key: bool = True
    are_numbers: bool = False
    are_rows: bool = False
    is_guessed: bool = False
    are_whole: bool = False
    is_label: bool = False
    are_flags: bool = False
    index_side: int | None = None
    counts_rows: bool = False
    is_noted: bool = False
    is_comparable: bool = True
    is_copy: bool = False
    is_copy_of_other: bool = False
    is_one_of_many: bool = False
    side_of_files: int | None = None
    is_of_folders: bool = False
    lone_beside: int | None = None
    is_beside_index: bool = False
    is_joined: bool = False
    are_apart: bool = False
    is_of_groups: bool = False
    is_of_validity: bool = False
    is_of_issue: bool = False
    leaves_rows_out: bool = False

    @property
    def key_name(self) -> str:
        """The column as a value of --key."""
        is_same = self.name == self.other_name
        return self.name if is_same else f"{self.name}={self.other_name}"
