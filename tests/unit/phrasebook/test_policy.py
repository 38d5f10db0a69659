"""What a site may show, and what counts as told."""

from datetime import date
from pathlib import Path

import pytest

from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.policy import MissingNotice, PublicationPolicy
from linkbridge.phrasebook.schema import NoticeText, Origin, PhraseKind, PhraseText, Status

DAY = date(2026, 11, 24)


def notice(status: Status, *, missing: tuple[str, ...] = ()) -> NoticeText:
    title = PhraseText(
        "rights.title", "title", PhraseKind.TITLE, "t", "es", "ltr", "Latn", status, Origin.HUMAN, DAY, None, (), "t"
    )
    return NoticeText("rights", "es", title, (title,), status, Origin.HUMAN, DAY, "v", None, missing)


@pytest.mark.parametrize(
    ("policy", "shown", "told"),
    [
        (PublicationPolicy(), {Status.REVIEWED, Status.VERIFIED}, {Status.REVIEWED, Status.VERIFIED}),
        (PublicationPolicy(required=Status.VERIFIED), {Status.VERIFIED}, {Status.VERIFIED}),
        (PublicationPolicy(show_drafts=True), set(Status), {Status.REVIEWED, Status.VERIFIED}),
        (PublicationPolicy(required=Status.VERIFIED, show_drafts=True), set(Status), {Status.VERIFIED}),
        (PublicationPolicy(notice_overrides={"rights": Status.VERIFIED}), {Status.VERIFIED}, {Status.VERIFIED}),
        (
            PublicationPolicy(notice_overrides={"rights": Status.VERIFIED}, show_drafts=True),
            {Status.VERIFIED},
            {Status.VERIFIED},
        ),
        (
            PublicationPolicy(required=Status.DRAFT),
            {Status.DRAFT, Status.REVIEWED, Status.VERIFIED},
            {Status.REVIEWED, Status.VERIFIED},
        ),
        (PublicationPolicy(notice_overrides={"other": Status.DRAFT}), *[{Status.REVIEWED, Status.VERIFIED}] * 2),
    ],
)
def test_policy_by_status(policy: PublicationPolicy, shown: set[Status], told: set[Status]) -> None:
    assert {status for status in Status if policy.allows(notice(status))} == shown
    assert {status for status in Status if policy.counts_as_told(notice(status))} == told


@pytest.mark.parametrize("required", Status)
@pytest.mark.parametrize("override", Status)
@pytest.mark.parametrize("show_drafts", [True, False])
def test_draft_or_outdated_never_counts_as_told(required: Status, override: Status, show_drafts: bool) -> None:
    policy = PublicationPolicy(required, {"rights": override}, show_drafts)
    assert not policy.counts_as_told(notice(Status.DRAFT))
    assert not policy.counts_as_told(notice(Status.OUTDATED))


def test_notice_with_missing_phrases_is_shown_and_does_not_count_as_told() -> None:
    incomplete = notice(Status.VERIFIED, missing=("lawyer",))
    assert PublicationPolicy().allows(incomplete)
    assert not PublicationPolicy().counts_as_told(incomplete)


def test_missing_lists_what_may_not_be_shown(books: Path) -> None:
    catalogue = Catalogue(load_library(books))
    assert PublicationPolicy().missing(catalogue) == [
        MissingNotice("rights", "en", Status.DRAFT, Status.REVIEWED),
        MissingNotice("rights", "es", Status.DRAFT, Status.REVIEWED),
    ]
    assert PublicationPolicy(show_drafts=True).missing(catalogue) == []


def test_missing_lists_what_does_not_exist(books: Path) -> None:
    (books / "rights" / "es.po").unlink()
    missing = PublicationPolicy(show_drafts=True).missing(Catalogue(load_library(books)))
    assert missing == [MissingNotice("rights", "es", None, Status.REVIEWED)]
