"""Counts of the annotated samples, as the package prints them."""

from annotation_statistics import annotation_statistics

from anomaly_fas.protocols.gradgpad import gradgpad_annotations


def test_counts_are_those_of_the_package() -> None:
    statistics = annotation_statistics(gradgpad_annotations())
    assert statistics["num_genuines"] == 5904
    assert statistics["num_attacks"] == 23663
    assert statistics["num_samples_pas_type"] == {
        "pas_type_1": 22816,
        "pas_type_2": 486,
        "pas_type_3": 361,
    }
    assert statistics["num_coarse_grained_pai"] == {
        "print": 4290,
        "replay": 16684,
        "mask": 1781,
        "makeup": 135,
        "partial": 773,
    }
    assert statistics["num_fine_grained_pai"]["print low quality"] == 1390
    assert statistics["percentage_num_fine_grained_pai"]["partial lower half"] == (
        0.12255419853780163
    )
