"""Strategies for sequences: single requests, and stories of a few that follow from each other."""

from dataclasses import replace

from bodies import ARTICLE, ARTICLE_OPTIONS, COMMENT, REGISTRATION, USER, USER_PATCH, texts
from conditions import CONDITIONAL, guarded
from envelopes import ENVELOPES, changed
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from memory import KEYSET_PATH
from operations import AGE, MERGE_PATCH, Operations, Place
from queries import cursors, keyset_queries
from request import JSON_TYPE, Request
from targets import API
from texts import weighted
from world import COMMENTS, World

# Long ones cost less a request: every sequence begins with all databases set anew, and new connections.
SHORTEST, LONGEST = 7, 25
AT_ONCE = (2, 3, 5)
Story = list[Request]


def sequences(world: World) -> SearchStrategy[list[Request]]:
    """Sequences of requests that begin with the world as it is."""
    operations = Operations(world)
    single = weighted(
        (6, operations.articles()),
        (6, operations.users()),
        (5, operations.comments()),
        (1, operations.tokens()),
        (3, operations.odd()),
        (1, _keyset(operations, keyset_queries())),
        (2, st.builds(lambda request, change: change(request), _any_of_one(operations), CONDITIONAL)),
    )
    story = weighted(
        (12, st.tuples(changed(single)).map(list)),
        (2, walks(operations)),
        (4, revalidations(operations)),
        (1, races(operations)),
    )
    return st.lists(story, min_size=SHORTEST, max_size=LONGEST).map(
        lambda stories: [one for some in stories for one in some]
    )


def walks(operations: Operations) -> SearchStrategy[Story]:
    """Keyset pages, one after the other, with something written or changed on the way."""
    editor = operations.world.users["editor"]
    filters = st.sampled_from(["", "", "", "&tag=a", "&tag=twice", f"&author_id={editor}", "&tag=none"])
    after = weighted((12, st.just("$next")), (1, cursors()))
    method = st.sampled_from(["GET", "GET", "GET", "GET", "HEAD"])
    between = st.one_of(st.none(), st.none(), st.none(), operations.articles())

    @st.composite
    def walk(draw: st.DrawFn) -> Story:
        caller, size, chosen = draw(st.sampled_from(["editor", "admin", None])), draw(st.integers(1, 7)), draw(filters)
        story = [Request("GET", f"{KEYSET_PATH}?limit={size}{chosen}", caller)]
        for _ in range(draw(st.integers(1, 5))):
            other = draw(between)
            story += [] if other is None else [other]
            page = Request(draw(method), f"{KEYSET_PATH}?limit={size}&after={draw(after)}{chosen}", caller)
            story.append(draw(ENVELOPES)(page))
        return story

    return walk()


def revalidations(operations: Operations) -> SearchStrategy[Story]:
    """A resource is read, and then asked for or changed on the condition of the tag that came."""
    nowhere: SearchStrategy[Place] = st.just((None, ""))
    of_user, of_article = _of_one(operations, articles=False), _of_one(operations, articles=True)
    of_comment = operations.reads(["GET", "GET", "HEAD", "DELETE"], nowhere)
    users, articles, comments = (st.sampled_from(places) for places in operations.readable())
    me = operations.places(f"{API}/users/me", "viewer")
    kinds = [(users, of_user)] * 3 + [(articles, of_article)] * 4 + [(comments, of_comment)] * 3 + [(me, of_comment)]

    @st.composite
    def revalidation(draw: st.DrawFn) -> Story:
        places, again = kinds[draw(st.integers(0, len(kinds) - 1))]
        caller, target = draw(places)
        story = [draw(ENVELOPES)(Request("GET", target, caller))]
        for _ in range(draw(st.integers(1, 3))):
            placed = replace(draw(again), target=target, caller=caller)
            story.append(draw(ENVELOPES)(draw(CONDITIONAL)(placed)))
        return story

    return revalidation()


def races(operations: Operations) -> SearchStrategy[Story]:
    """The same request several times at once, where the answers are the same whoever comes first."""
    world = operations.world
    own = st.sampled_from(
        [("editor", f"{API}/articles/{number}") for number in (world.next_article, *world.articles[:2])]
    )
    names = ("viewer", "editor", "demoted")
    member = st.sampled_from([("admin", f"{API}/users/{world.users[name]}") for name in names])
    written = zip(world.comments, COMMENTS, strict=True)
    paths = [f"{API}/articles/{world.articles[place]}/comments/{number}" for number, (_, place) in written]
    comment = st.sampled_from([("admin", path) for path in paths])
    deletes = operations.reads(["DELETE"], st.one_of(own, member, comment))
    empty, titled = b"{}", b'{"title":"At once"}'
    race = weighted(
        (3, guarded(operations.writes("PATCH", own, st.sampled_from([empty, titled])))),
        (2, guarded(operations.writes("PATCH", member, st.just(b'{"age":7}')))),
        (2, guarded(deletes)),
        (2, deletes),
        (2, operations.writes("POST", st.just((None, f"{API}/users")), texts(REGISTRATION, AGE))),
        (1, operations.writes("PATCH", own, st.just(empty))),
    )

    def story(request: Request, times: int) -> Story:
        reading = Request("GET", request.target, request.caller)
        return [reading, replace(request, times=times), reading]

    return st.builds(story, race, st.sampled_from(AT_ONCE))


def _keyset(operations: Operations, queries: SearchStrategy[str]) -> SearchStrategy[Request]:
    listed = queries.map(lambda query: f"{KEYSET_PATH}?{query}")
    return operations.reads(["GET", "GET", "HEAD"], operations.places(listed, "editor", "admin", None))


def _any_of_one(operations: Operations) -> SearchStrategy[Request]:
    places = st.one_of(operations.users_placed(), operations.articles_placed(), operations.comments_placed())
    anything = st.one_of(_of_one(operations, articles=True), _of_one(operations, articles=False))
    elsewhere = operations.reads(["GET"], operations.places(f"{API}/articles?limit=1", None))
    creating = operations.writes("POST", operations.discussions_placed(), texts(COMMENT, {}))
    placed = st.builds(lambda one, place: replace(one, target=place[1], caller=place[0]), anything, places)
    return weighted((6, placed), (1, elsewhere), (1, creating))


def _of_one(operations: Operations, *, articles: bool) -> SearchStrategy[Request]:
    """Reading, changing and deleting one article or one user, wherever it is."""
    nowhere: SearchStrategy[Place] = st.just((None, ""))
    required, patched = (ARTICLE, {**ARTICLE, **ARTICLE_OPTIONS}) if articles else (USER, USER_PATCH)
    return weighted(
        (4, operations.reads(["GET", "GET", "HEAD"], nowhere)),
        (3, operations.writes("PATCH", nowhere, texts({}, patched), (JSON_TYPE, MERGE_PATCH))),
        (2, operations.writes("PUT", nowhere, texts(required, ARTICLE_OPTIONS if articles else AGE))),
        (1, operations.reads(["DELETE"], nowhere)),
    )
