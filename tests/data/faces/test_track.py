"""Which face of a clip is followed: clips worked out by hand, and properties of any clip."""

from collections.abc import Sequence
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from anomaly_fas.data.faces.face import Box, Face
from anomaly_fas.data.faces.track import follow

ROWS, COLUMNS = 480, 640
SHAPE = (ROWS, COLUMNS)


def face(x: float, y: float, side: float, score: float = 0.9) -> Face:
    """An upright square face by its centre."""
    half = side / 2
    return Face((x - half, y - half, x + half, y + half), None, score)


PERSON = face(320, 240, 100)


def test_clips_without_faces() -> None:
    assert follow([], SHAPE) == []
    assert follow([[], [], []], SHAPE) == [None, None, None]


def test_the_larger_of_two_and_the_more_central_of_equals() -> None:
    small, edge = face(320, 240, 50), face(80, 240, 100)
    assert follow([[small, face(120, 240, 150)]], SHAPE) == [face(120, 240, 150)]
    assert follow([[edge, PERSON]], SHAPE) == [PERSON]
    # Area times closeness: 10000 * 1 against 160 ** 2 * (1 - 240 / 400) = 10240.
    assert follow([[PERSON, face(80, 240, 160)]], SHAPE) == [face(80, 240, 160)]
    assert follow([[PERSON, face(80, 240, 156)]], SHAPE) == [PERSON]


def test_a_passer_by_takes_no_frame() -> None:
    person = [face(300 + 5 * k, 240, 100 + k) for k in range(8)]
    passing = [face(60 + 140 * k, 200, 150) for k in range(3)]
    both = [[passing[k], person[k + 1]] for k in range(3)]
    # In a frame of its own the passer-by outweighs: 150 ** 2 * 0.68 against 101 ** 2 * 0.96.
    assert follow([both[1]], SHAPE) == [passing[1]]
    assert follow([[person[0]], *both, *([last] for last in person[4:])], SHAPE) == person


def test_nobody_stands_in_for_a_face_that_is_missed() -> None:
    poster = face(560, 80, 60)
    clip = [[PERSON, poster], [poster], [poster], [poster, PERSON], [PERSON]]
    assert follow(clip, SHAPE) == [PERSON, None, None, PERSON, PERSON]


def test_a_track_goes_on_after_any_gap_if_the_face_is_like_it() -> None:
    # Half a side away and 1.5 times as large is 100 * 0.4 / 125 + log(1.5) = 0.73 of the reach.
    later = face(360, 240, 150)
    assert follow([[PERSON], [], [], [], [later]], SHAPE) == [PERSON, None, None, None, later]
    # 1.05 sides away begins a track of its own, which is the less central.
    assert follow([[PERSON], [face(425, 240, 100)]], SHAPE) == [PERSON, None]
    # So does a face three times as large in the same place, which then outweighs the first.
    assert follow([[PERSON], [face(320, 240, 300)]], SHAPE) == [None, face(320, 240, 300)]


def test_each_face_goes_on_the_track_most_like_it() -> None:
    # Two people side by side, both moved by half a side: the left one now stands nearer to where
    # the right one stood than to its own place, but the right one is nearer still.
    left, right = face(250, 240, 100), face(370, 240, 104)
    moved_left, moved_right = face(310, 240, 100), face(400, 240, 104)
    assert follow([[left, right], [moved_left, moved_right]], SHAPE) == [right, moved_right]
    assert follow([[left, right], [moved_left], [left, right]], SHAPE) == [left, moved_left, left]


def test_a_track_takes_one_face_of_a_frame() -> None:
    near, less_near = face(325, 240, 100), face(350, 240, 90)
    assert follow([[PERSON], [near, less_near], [PERSON]], SHAPE) == [PERSON, near, PERSON]


def test_of_equals_the_upper_comes_first_on_either_side() -> None:
    upper, lower = face(320, 140, 100), face(220, 240, 100)
    assert follow([[lower, upper]], SHAPE) == [upper]
    assert follow([[face(420, 240, 100), upper]], SHAPE) == [upper]


boxes = st.tuples(
    st.integers(0, COLUMNS), st.integers(0, ROWS), st.integers(20, 400), st.integers(20, 400)
)
faces = st.builds(
    lambda box, score: Face(
        (float(box[0]), float(box[1]), float(box[0] + box[2]), float(box[1] + box[3])), None, score
    ),
    boxes,
    st.sampled_from([0.5, 0.7, 0.9]),
)
clips = st.lists(st.lists(faces, max_size=4), max_size=6)


@given(clips)
def test_the_result_is_among_the_faces_of_each_frame(clip: list[list[Face]]) -> None:
    followed = follow(clip, SHAPE)
    assert len(followed) == len(clip)
    for found, frame in zip(followed, clip, strict=True):
        assert found is None or any(found is candidate for candidate in frame)
    assert any(found is not None for found in followed) == any(clip)


@given(clips, st.randoms(use_true_random=False))
def test_the_order_of_the_faces_of_a_frame_is_of_no_account(
    clip: list[list[Face]], random: Random
) -> None:
    shuffled = [random.sample(frame, len(frame)) for frame in clip]
    assert follow(shuffled, SHAPE) == follow(clip, SHAPE)


@given(clips)
def test_a_mirrored_clip_gives_the_mirrored_faces(clip: list[list[Face]]) -> None:
    everyone = [candidate for frame in clip for candidate in frame]
    # Two faces of one size and height can be each other's mirror image: then neither comes first.
    assume(len({extent(candidate.box) for candidate in everyone}) == len(everyone))
    followed = follow([mirrored(frame) for frame in clip], SHAPE)
    assert followed == [
        found if found is None else mirrored([found])[0] for found in follow(clip, SHAPE)
    ]


def extent(box: Box) -> tuple[float, ...]:
    left, top, right, bottom = box
    return right - left, top, bottom


def mirrored(frame: Sequence[Face]) -> list[Face]:
    return [
        Face((COLUMNS - right, top, COLUMNS - left, bottom), None, candidate.score)
        for candidate in frame
        for left, top, right, bottom in [candidate.box]
    ]
