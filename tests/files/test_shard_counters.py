"""Names that are counted behind other words: their order is in doubt."""

from __future__ import annotations

import pytest

from smoothl1.files.shard_names import order_of


@pytest.mark.parametrize(
    ("names", "is_doubtful"),
    [
        (["bern_2.csv", "lima_3.csv", "oslo_1.csv"], True),
        (["val_1.csv", "train_2.csv", "dev_0.csv"], True),
        (["1pm.csv", "11am.csv"], True),
        (["bern_2.csv", "lima_3.csv", "oslo_1.csv", "rome.csv"], True),
        (["bert_2.csv", "gpt_1.csv", "llama.csv"], False),
        (["x_12am.csv", "x_1am.csv"], True),
        (["bern_1.csv", "lima_2.csv", "oslo_3.csv"], False),
        (["1_oslo_2.csv", "2_bern_1.csv"], False),  # the first number decides
        (["x0_y1.csv", "x1_y0.csv"], False),  # the words are the same: the leftmost decides
        (["oslo_7.csv", "bern_9.csv"], False),  # nothing counts
        (["bern_1.csv", "bern_2.csv", "oslo_1.csv", "oslo_2.csv"], False),
        (["d1_11am.csv", "d2_1am.csv"], False),
        (["9am.csv", "11am.csv"], False),
        (["part-0-2f2a9c1e-aaaa-4bbb-8ccc-1.csv", "part-1-1f2a9c1e-aaaa-4bbb-8ccc-0.csv"], False),
        (["part-00000-tid-71-c1.csv", "part-00001-tid-70-c0.csv"], False),
    ],
)
def test_numbers_behind_other_words_that_count_otherwise_leave_a_doubt(
    names: list[str], *, is_doubtful: bool
) -> None:
    assert bool(order_of(names)[1]) is is_doubtful
