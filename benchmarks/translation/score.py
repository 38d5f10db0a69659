"""Scores translations with sacrebleu. Runs in the environment of a peer, which has it; text comes in as JSON."""

import json
import sys

import sacrebleu

found = json.load(sys.stdin)
scores = {
    name: {
        "chrf": sacrebleu.corpus_chrf(texts, [found["references"]]).score,
        "bleu": sacrebleu.corpus_bleu(texts, [found["references"]]).score,
    }
    for name, texts in found["systems"].items()
}
json.dump(scores, sys.stdout)
