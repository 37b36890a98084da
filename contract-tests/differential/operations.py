"""Strategies for requests: the operations of the API by several callers, odd paths and methods among them."""

from collections.abc import Sequence

from bodies import ADMINISTERED, ARTICLE, ARTICLE_OPTIONS, COMMENT, REGISTRATION, USER, USER_PATCH, Members, texts
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from queries import article_queries, comment_queries, forms, user_queries
from request import FORM_TYPE, JSON_TYPE, NEWEST, Request
from targets import API, FIXED_PATHS, METHODS, ODD_PATHS
from texts import AGES, picked, weighted
from world import ARTICLES, COMMENTS, PASSWORD, World, log_in_request

SUBJECTS = ("viewer", "editor", "other_editor", "inactive", "second_admin", "gone", "admin")
CALLERS = (
    "viewer", "editor", "admin", "other_editor", "other_viewer", "demoted", "second_admin", "inactive", "gone",
    "new_user", NEWEST, None,
)  # fmt: skip
# Who asks for what.
Place = tuple[str | None, str]
MERGE_PATCH = "application/merge-patch+json"
AGE: Members = {"age": AGES}


class Operations:
    """The operations of the API on what `world` holds, and on what a sequence itself makes.

    Ids are known beforehand: every sequence begins with the same database, so its first user and its first article
    always have the same ids.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._wrong = sorted(set(world.tokens) - set(world.users) - {NEWEST, "new_user"})

    def callers(self, *usual: str | None) -> SearchStrategy[str | None]:
        """Mostly one of the usual callers, sometimes any other, now and then with a token that is none."""
        return weighted((12, st.sampled_from(usual)), (3, st.sampled_from(CALLERS)), (1, st.sampled_from(self._wrong)))

    def places(self, path: str | SearchStrategy[str], *usual: str | None) -> SearchStrategy[Place]:
        """Some paths, with mostly the usual callers."""
        return st.tuples(self.callers(*usual), st.just(path) if isinstance(path, str) else path)

    def users_placed(self) -> SearchStrategy[Place]:
        """Users, asked for by themselves, by an administrator, or by anybody."""
        ids = {**self.world.users, "new_user": self.world.next_user}
        own = [(name, f"{API}/users/{ids[name]}") for name in ("viewer", "editor", "other_editor", "new_user")]
        numbers = [*(ids[name] for name in SUBJECTS), self.world.next_user + 1, 2, 10**6]
        any_user = st.sampled_from([f"{API}/users/{number}" for number in numbers])
        return weighted(
            (4, st.sampled_from(own)), (3, self.places(any_user, "admin")), (2, self.places(any_user, *CALLERS))
        )

    def articles_placed(self) -> SearchStrategy[Place]:
        """Articles, asked for by their author, by an administrator, or by anybody."""
        ids, new = self.world.articles, self.world.next_article
        own = [(author, f"{API}/articles/{number}") for number, (author, *_) in zip(ids, ARTICLES, strict=True)]
        written = [(name, f"{API}/articles/{number}") for name in ("editor", "admin") for number in (new, new + 1)]
        any_article = st.sampled_from([f"{API}/articles/{number}" for number in (*ids, new, new + 1, 1, 2, 10**6)])
        return weighted(
            (4, st.sampled_from(written)),
            (3, st.sampled_from(own)),
            (3, self.places(any_article, "admin", "editor", None)),
        )

    def comments_placed(self) -> SearchStrategy[Place]:
        """Comments, under their own articles and under others, asked for by anybody."""
        articles, next_comment = self.world.articles, self.world.next_comment
        written = zip(self.world.comments, COMMENTS, strict=True)
        own = [(author, f"{API}/articles/{articles[place]}/comments/{number}") for number, (author, place) in written]
        above = (*articles, self.world.next_article, 1, 10**6)
        new = [f"{API}/articles/{number}/comments/{next_comment + more}" for number in above for more in (0, 1)]
        foreign = [f"{API}/articles/{number}/comments/{self.world.comments[0]}" for number in above]
        anywhere = st.sampled_from([*(path for _, path in own), *new, *foreign])
        return weighted(
            (4, st.sampled_from(own)),
            (3, self.places(st.sampled_from([f"{API}/articles/{articles[0]}/comments/{next_comment}"]), "viewer")),
            (3, self.places(anywhere, "admin", "editor", "viewer", None)),
        )

    def discussions_placed(self) -> SearchStrategy[Place]:
        """The comments of an article, mostly of few articles so that there are some."""
        ids = self.world.articles
        few = st.sampled_from([f"{API}/articles/{number}/comments" for number in (ids[0], self.world.next_article)])
        every = st.sampled_from([f"{API}/articles/{number}/comments" for number in (*ids, 1, 10**6)])
        callers = ("viewer", "editor", "admin", "other_editor", "demoted")
        return weighted((3, self.places(few, *callers)), (2, self.places(every, *callers)))

    def readable(self) -> tuple[list[Place], list[Place], list[Place]]:
        """Users, articles and comments, each with a caller who may read it, and mostly change it."""
        world, new = self.world, f"{API}/articles/{self.world.next_article}"
        users = [(caller, name) for name in ("viewer", "editor", "other_editor") for caller in (name, "admin")]
        articles = list(zip(world.articles, ARTICLES, strict=True))
        comments = zip(world.comments, COMMENTS, strict=True)
        return (
            [(caller, f"{API}/users/{world.users[name]}") for caller, name in users],
            [
                ("editor", new),
                *(
                    (caller, f"{API}/articles/{number}")
                    for number, (author, *_) in articles
                    for caller in (author, "admin")
                ),
                *((None, f"{API}/articles/{number}") for number, (_, _, published, _) in articles if published),
            ],
            [
                (caller, f"{API}/articles/{world.articles[place]}/comments/{number}")
                for number, (author, place) in comments
                for caller in (author, "admin")
            ],
        )

    def writes(
        self,
        method: str,
        places: SearchStrategy[Place],
        bodies: SearchStrategy[bytes],
        types: Sequence[str] = (JSON_TYPE,),
    ) -> SearchStrategy[Request]:
        """Requests with a JSON body."""

        def request(place: Place, body: bytes, media_type: str) -> Request:
            return Request(method, place[1], place[0], (("Content-Type", media_type),), body=body)

        return st.builds(request, places, bodies, st.sampled_from(types))

    def reads(self, methods: Sequence[str], places: SearchStrategy[Place]) -> SearchStrategy[Request]:
        """Requests without a body."""
        return st.builds(lambda method, place: Request(method, place[1], place[0]), st.sampled_from(methods), places)

    def tokens(self) -> SearchStrategy[Request]:
        """Requests for tokens."""
        usual = st.builds(log_in_request, st.sampled_from(["viewer", "ada", "editor@example.com"]), st.just(PASSWORD))
        form_type = (("Content-Type", FORM_TYPE),)
        odd = forms().map(lambda form: Request("POST", f"{API}/token", headers=form_type, body=form.encode("latin-1")))
        return weighted((1, usual), (2, odd))

    def users(self) -> SearchStrategy[Request]:
        """Requests about users."""
        one, types = self.users_placed(), (JSON_TYPE, JSON_TYPE, MERGE_PATCH)
        register = st.tuples(st.sampled_from([None, None, "viewer", "word"]), st.just(f"{API}/users"))
        listed = user_queries().map(lambda query: f"{API}/users?{query}")
        any_user = st.sampled_from(
            [f"{API}/users/{number}" for number in (*self.world.users.values(), self.world.next_user)]
        )
        return weighted(
            (5, self.writes("POST", register, texts(REGISTRATION, AGE))),
            (2, self.reads(["GET", "GET", "HEAD"], one)),
            (1, self.reads(["GET", "HEAD"], self.places(f"{API}/users/me", *CALLERS))),
            (3, self.reads(["GET", "GET", "GET", "HEAD"], self.places(listed, "admin"))),
            (3, self.writes("PUT", one, texts(USER, AGE))),
            (4, self.writes("PATCH", one, texts({}, USER_PATCH), types)),
            (4, self.writes("PATCH", self.places(any_user, "admin"), texts({}, {**ADMINISTERED, **AGE}), types)),
            (3, self.reads(["DELETE"], self.places(any_user, "admin"))),
        )

    def articles(self) -> SearchStrategy[Request]:
        """Requests about articles."""
        one, readers = self.articles_placed(), ("editor", "viewer", "admin", None)
        listed = article_queries(self.world).map(lambda query: f"{API}/articles?{query}")
        patches = texts({}, {**ARTICLE, **ARTICLE_OPTIONS})
        created = self.places(f"{API}/articles", "editor", "other_editor", "admin")
        return weighted(
            (5, self.writes("POST", created, texts(ARTICLE, ARTICLE_OPTIONS))),
            (4, self.reads(["GET", "GET", "GET", "HEAD"], one)),
            (8, self.reads(["GET", "GET", "GET", "GET", "HEAD"], self.places(listed, *readers))),
            (3, self.writes("PUT", one, texts(ARTICLE, ARTICLE_OPTIONS))),
            (4, self.writes("PATCH", one, patches, (JSON_TYPE, MERGE_PATCH))),
            (3, self.reads(["DELETE"], one)),
        )

    def comments(self) -> SearchStrategy[Request]:
        """Requests about comments."""
        one, discussions = self.comments_placed(), self.discussions_placed()
        listed = st.builds(lambda place, query: (place[0], f"{place[1]}?{query}"), discussions, comment_queries())
        return weighted(
            (5, self.writes("POST", discussions, texts(COMMENT, {}))),
            (4, self.reads(["GET", "GET", "GET", "HEAD"], one)),
            (5, self.reads(["GET", "GET", "GET", "HEAD"], listed)),
            (4, self.reads(["DELETE"], one)),
            (1, self.writes("PATCH", one, texts(COMMENT, {}))),
        )

    def odd(self) -> SearchStrategy[Request]:
        """Any method on any path, and paths that are none of the contract's."""
        anybody = self.callers(None, "admin")
        bodies = st.sampled_from([None, None, b"", b"{}", b"{", b"a=b"])

        def request(method: str, path: str, caller: str | None, body: bytes | None) -> Request:
            return Request(method, path, caller, body=body)

        return st.one_of(
            st.builds(request, st.sampled_from(METHODS), st.sampled_from(FIXED_PATHS), anybody, bodies),
            st.builds(request, st.sampled_from(("GET", "GET", "GET", *METHODS)), picked(ODD_PATHS), anybody, bodies),
        )
