from linkbridge.translation.runtime.placement import Place, Slot, choose, evict, room

A, B, C, D = (("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"))


def place(
    *models: tuple[tuple[str, str], int, float], busy: bool = False, serving: tuple[str, str] | None = None
) -> Place:
    return Place({key: Slot(memory, used) for key, memory, used in models}, busy=busy, serving=serving)


def chosen(places: list[Place], *, backlog: float = 0.0, fits: bool = True) -> Place | None:
    return choose(A, places, backlog_seconds=backlog, load_seconds=0.5, room=fits)


def test_place_that_has_the_model_is_chosen_before_an_empty_one() -> None:
    places = [place(), place((A, 10, 0))]
    assert chosen(places, backlog=99) is places[1]


def test_emptiest_place_loads_what_nobody_has() -> None:
    places = [place((B, 30, 0)), place((C, 20, 0)), place(busy=True)]
    assert chosen(places) is places[1]


def test_work_waits_for_a_busy_place_that_has_the_model_unless_much_waits() -> None:
    places = [place((A, 10, 0), busy=True), place()]
    assert chosen(places, backlog=0.4) is None
    assert chosen(places, backlog=0.6) is places[1]
    assert chosen(places, backlog=0.6, fits=False) is None


def test_model_that_is_just_being_loaded_is_not_loaded_twice() -> None:
    assert chosen([place(busy=True, serving=A), place()]) is None


def test_model_that_leaves_counts_no_longer() -> None:
    leaving = place((A, 10, 0), busy=True)
    leaving.leaving.add(A)
    other = place()
    assert chosen([leaving, other]) is other
    assert leaving.memory_bytes == 0


def test_nothing_is_chosen_while_all_are_busy() -> None:
    assert chosen([place((A, 10, 0), busy=True)], backlog=99) is None


def test_room_is_what_the_limit_leaves() -> None:
    places = [place((A, 10, 0)), place((B, 20, 0))]
    assert room(places, 70, 100)
    assert not room(places, 71, 100)


def test_least_recently_used_models_leave_until_the_new_one_fits() -> None:
    places = [place((A, 40, 3), (B, 40, 1)), place((C, 40, 2))]
    assert evict(places, 50, 100) == [places[0], places[1]]
    assert (places[0].leaving, places[1].leaving) == ({B}, {C})


def test_second_copy_leaves_before_the_only_one() -> None:
    places = [place((A, 40, 1)), place((B, 40, 9)), place((B, 40, 8))]
    assert evict(places, 0, 100) == [places[2]]
    assert places[2].leaving == {B}


def test_model_in_use_never_leaves() -> None:
    places = [place((A, 40, 1), busy=True, serving=A), place((B, 40, 2))]
    assert evict(places, 100, 100) == [places[1]]
    assert places[0].leaving == set()


def test_nothing_leaves_while_there_is_room() -> None:
    places = [place((A, 40, 1))]
    assert evict(places, 60, 100) == []


def test_leave_is_taken_of_what_is_there() -> None:
    here = place((A, 10, 0), (B, 10, 0), serving=C)
    assert here.here() == {A, B, C}
    here.leaving.update({A, D})
    assert here.take_leave() == [A]
    assert (set(here.loaded), here.leaving) == ({B}, set())
