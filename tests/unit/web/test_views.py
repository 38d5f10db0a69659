from pathlib import Path

import pytest

from linkbridge.kernel.errors import NotFound
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import Origin, Status
from linkbridge.phrasebook.speech import Speech
from linkbridge.web.tablet_pages import TabletSite
from linkbridge.web.views import Views
from tests.support.texts import checked_catalogue

CATALOGUE = checked_catalogue()
DRAFTS = PublicationPolicy(show_drafts=True)
STRICT = PublicationPolicy()
NOTICE = "detention-rights"


@pytest.fixture
def views(tmp_path: Path) -> Views:
    return Views(CATALOGUE, Speech(tmp_path, tmp_path, program="no-such-program"))


def test_notice_pairs_the_persons_words_with_the_officials(views: Views) -> None:
    view = views.notice(NOTICE, "am", "es", DRAFTS)
    assert (view.notice.tag, view.official_tag) == ("am", "es")
    assert view.official_title == CATALOGUE.notice(NOTICE, "es").title.text
    for item in view.phrases:
        assert item.official is not None
        assert (item.person.tag, item.official.tag, item.person.id) == ("am", "es", item.official.id)
    assert (view.has_voice, view.mark.status, view.mark.sign) == (False, "verified", "✓")
    assert any("VCCR" in instrument for instrument in view.instruments)


def test_notice_of_person_and_official_of_one_language_is_shown_once(views: Views) -> None:
    assert all(item.official is None for item in views.notice(NOTICE, "es", "es", DRAFTS).phrases)


def test_notice_obeys_the_policy(views: Views) -> None:
    assert [tile.id for tile in views.notices("am", "es", STRICT)] == [NOTICE]
    assert len(views.notices("am", "es", DRAFTS)) == len(CATALOGUE.notice_ids)
    with pytest.raises(NotFound):
        views.notice("asylum-procedure", "am", "es", STRICT)
    with pytest.raises(NotFound):
        views.notice(NOTICE, "fi", "es", DRAFTS)


def test_languages_tell_how_many_notices_there_are(views: Views) -> None:
    tiles = {tile.language.tag: tile for tile in views.languages("es", STRICT)}
    assert list(tiles) == list(CATALOGUE.languages)
    assert (tiles["am"].notices, tiles["fr"].notices) == (1, 0)
    assert (tiles["am"].language.autonym, tiles["am"].official_name) == ("አማርኛ", "amárico")


@pytest.mark.parametrize("tag", CATALOGUE.languages)
def test_mark_is_said_in_words_of_every_language(views: Views, tag: str) -> None:
    said = {
        (status, origin): views.mark(status, origin, tag)
        for status in Status
        for origin in (Origin.HUMAN, Origin.MACHINE)
    }
    assert {mark.tag for mark in said.values()} == {tag}
    assert said[Status.DRAFT, Origin.MACHINE].words != said[Status.DRAFT, Origin.HUMAN].words
    assert said[Status.DRAFT, Origin.MACHINE].words in said[Status.OUTDATED, Origin.MACHINE].words
    assert [said[status, Origin.HUMAN].sign for status in (Status.VERIFIED, Status.REVIEWED, Status.DRAFT)] == [*"✓✓○"]


def test_site_fingerprint_holds_all_that_a_page_shows_of_it() -> None:
    site = TabletSite("1", "Post", "+507", is_demo=False, policy=STRICT)
    others = [
        TabletSite("2", "Post", "+507", is_demo=False, policy=STRICT),
        TabletSite("1", "Gate", "+507", is_demo=False, policy=STRICT),
        TabletSite("1", "Post", None, is_demo=False, policy=STRICT),
        TabletSite("1", "Post", "+507", is_demo=True, policy=STRICT),
        TabletSite("1", "Post", "+507", is_demo=False, policy=DRAFTS),
        TabletSite("1", "Post", "+507", is_demo=False, policy=PublicationPolicy(Status.VERIFIED)),
        TabletSite(
            "1", "Post", "+507", is_demo=False, policy=PublicationPolicy(notice_overrides={NOTICE: Status.VERIFIED})
        ),
    ]
    prints = {site.fingerprint, *(other.fingerprint for other in others)}
    assert len(prints) == len(others) + 1
