import re

from linkbridge.translation.documents.values import TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import NOTICE, identity, run, text_of, upper, words

CUES = """1
00:00:01,000 --> 00:00:03,500
Where are you
from?

2
00:00:04,000 --> 00:00:06,000
- I am not <i>here</i>.
- Me too.

3
00:00:07,250 --> 00:00:09,000
42
"""


def test_srt_with_the_same_words_reads_as_before() -> None:
    assert text_of(CUES, "a.srt", identity).split() == CUES.split()


def test_srt_keeps_times_tags_and_speakers() -> None:
    written = text_of(CUES, "a.srt", upper)
    assert re.findall(r".* --> .*", written) == re.findall(r".* --> .*", CUES)
    assert "- I AM NOT <i>HERE</i>.\n- ME TOO.\n" in written
    assert "\nWHERE ARE YOU FROM?\n" in written


def test_srt_balances_long_lines() -> None:
    text = "This is a rather long sentence that was said in only one cue."
    written = text_of(f"1\n00:00:01,000 --> 00:00:03,500\n{text}\n", "a.srt", upper)
    assert written.split("\n")[2:4] == ["THIS IS A RATHER LONG SENTENCE", "THAT WAS SAID IN ONLY ONE CUE."]


def test_srt_keeps_a_position_and_translates_the_sentence_whole() -> None:
    cue = "1\n00:00:01,000 --> 00:00:03,500\n{\\an8}<i>Stop</i> right there\n"
    table: dict[str, str | TranslatedText] = {"Stop right there": "Quieto, alto ahí", "Stop": "Alto"}
    assert "{\\an8}Quieto, <i>alto</i> ahí" in text_of(cue, "a.srt", words(table))


def test_srt_says_first_what_it_is_and_marks_its_cues() -> None:
    table: dict[str, str | TranslatedText] = {"Where are you from?": TranslatedText("¿De dónde?", Quality.SUSPECT)}
    written = run(CUES, "a.srt", words(table), notice=NOTICE).content.decode()
    assert written.startswith(f"1\n00:00:00,000 --> 00:00:05,000\n{NOTICE[0].text}\n{NOTICE[1].text}\n\n2\n")
    assert "⚠ ¿De dónde?" in written
    assert "⛔ - Me too." in written


def test_srt_in_arabic_shows_from_right_to_left() -> None:
    assert "\u202bWHERE ARE YOU FROM?\u202c" in text_of(CUES, "a.srt", upper, "ar")
