"""Names of the random streams: one seed gives each of them numbers of its own."""

from enum import IntEnum


class Stream(IntEnum):
    """What is drawn: `np.random.default_rng([seed, Stream.REFERENCES])`.

    A value is part of every published number: it is never changed, nor used for a second purpose.
    """

    SIMULATED_PERSON = 1  # who the people of the embedded data are
    SIMULATED_FRAME = 3  # what differs between the frames of a simulated sample
    SIMULATED_INSTRUMENT = 4  # the attack instrument of a simulated sample
    REFERENCES = 7  # the train samples that scorers compare with
    SHOT_DRAWS = 11  # subjects and references of each draw of `anomaly-fas shots`
    SHOT_BOOTSTRAP = 13  # replicates over draws and subjects of `anomaly-fas shots`
    ATTACK_SPECIES = 31  # the fine species of each attack that is simulated from a bona fide sample
    ATTACK_IMAGE = 37  # such an attack where it is judged or compared with: always the same image
    TRAIN_ATTACK_IMAGE = 41  # such an attack where it is trained on; recaptured bona fide images
    CLASSIFIER_FRAMES = 43  # the frames that a classical method is trained on, if too many
    CLASSIFIER_ATTACKS = 47  # of the simulated attacks, those that a classical method is trained on
    SIMULATED_PICTURE = 101  # the picture of a person that an attack of the embedded data shows
