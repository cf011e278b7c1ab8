"""What if: acts and thoughts that are added to contexts, branches on disk, further steps, comparisons, questions."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError
from social_world_model.evaluation import diff
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.validation import errors_of
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.tracks import belief_track
from social_world_model.viewer.branches import Branches, title_of_item
from social_world_model.viewer.catalogue import discover
from social_world_model.viewer.injecting import injected, present
from social_world_model.viewer.what_if import estimated
from tests.reports.runs_on_disk import write_run
from tests.strategies import law, word_for_word_contexts
from tests.viewer.serving import Client, viewing
from tests.world_model.helpers import script

STORY = (
    "Sally entered the hall. Anne entered the hall. The ball is in the basket. Sally exited the hall. "
    "Anne moved the ball to the box. Sally entered the hall."
)
CONTEXT = parse_narrative(STORY)[0]
MOVE = "moved the ball to the basket"


def known(event: Event) -> tuple[str, str, frozenset[str]]:
    return event.kind, event.text.rstrip("."), event.observers


class TestInjecting:
    def test_everybody_who_is_present_perceives_the_act(self) -> None:
        at = len(CONTEXT.socialized_context) - 1
        made = injected(CONTEXT, at, agent="Anne", act=MOVE)
        (new,) = [event for event in events(made) if event.text == f"Anne {MOVE}"]
        assert new.observers == {"Anne", "Sally"} == set(present(CONTEXT, at))
        assert len(made.socialized_context) == at + 2

    def test_somebody_who_is_away_does_not_perceive_it(self) -> None:
        made = injected(CONTEXT, 2, agent="Anne", act=MOVE)
        (new,) = [event for event in events(made) if event.text == f"Anne {MOVE}"]
        assert new.position == 2 and new.observers == {"Anne", "Sally"}  # Sally leaves in this step
        made = injected(CONTEXT, 3, agent="Anne", act=MOVE, fork=True)
        (new,) = [event for event in events(made) if event.text == f"Anne {MOVE}"]
        assert new.position == 4 and new.observers == {"Anne"}

    def test_beliefs_are_worked_out_again(self) -> None:
        made = injected(CONTEXT, 3, agent="Anne", act="moved the ball to the bag", fork=True)
        assert belief_track(made, ["Anne"], "ball")[-1].place == "bag"
        assert belief_track(made, ["Sally"], "ball")[-1].place == "basket"

    def test_a_thought_is_known_to_its_agent_only(self) -> None:
        made = injected(CONTEXT, 4, agent="Sally", thought="Where is my ball?")
        (new,) = [event for event in events(made) if event.kind == "mental"]
        assert (new.actor, new.position, new.text) == ("Sally", 4, "Where is my ball?")
        assert [known(event) for event in events(made) if event is not new and event.kind != "mental"] == [
            known(event) for event in events(CONTEXT)
        ]

    def test_a_fork_removes_the_later_steps(self) -> None:
        made = injected(CONTEXT, 2, fork=True)
        assert made.socialized_context == CONTEXT.socialized_context[:3]

    def test_the_name_of_the_agent_may_begin_the_words(self) -> None:
        for act in (MOVE, f"Anne {MOVE}", f"  {MOVE}\n"):
            made = injected(CONTEXT, 2, agent="Anne", act=act)
            assert made.socialized_context[2].actions["Anne"] == MOVE

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"at": 99}, "expected a step from 0 to 5"),
            ({"at": -1}, "expected a step from 0 to 5"),
            ({"agent": "Tom"}, "expected one of the agents Sally, Anne"),
            ({"act": ""}, "expected an agent with an act or a thought, or a fork"),
            ({"at": 3}, "Anne acts: choose another step"),
            ({"act": "<same_as_last_action_9 />"}, "expected words that say what Anne does"),
            ({"act": "none"}, "expected words that say what Anne does"),
            ({"thought": "</mental_state> Anne leaves"}, "expected words that say what Anne does or thinks"),
        ],
    )
    def test_what_cannot_be_added_is_refused(self, changes: dict[str, Any], why: str) -> None:
        given: dict[str, Any] = {"at": 2, "agent": "Anne", "act": MOVE, **changes}
        with pytest.raises(ConfigurationError, match=why):
            injected(CONTEXT, given.pop("at"), **given)

    @law
    @given(word_for_word_contexts(), st.data())
    def test_all_other_events_stay_as_they_were(self, context: SocializedContext, data: st.DataObject) -> None:
        assume(context.socialized_context and not errors_of(context))
        at = data.draw(st.integers(0, len(context.socialized_context) - 1))
        agent = data.draw(st.sampled_from(context.agents_names))
        try:
            made = injected(context, at, agent=agent, act="juggles seven torches")
        except ConfigurationError as error:
            assert "acts: choose" in str(error)
            return
        new = [event for event in events(made) if "juggles seven torches" in event.text]
        assert [event.observers for event in new] == [{agent, *present(context, at)}]
        rest = Counter(known(event) for event in events(made) if event not in new)
        assert rest == Counter(known(event) for event in events(context))


class TestBranches:
    def test_a_branch_is_an_ordinary_context_in_the_folder(self, tmp_path: Path) -> None:
        branches = Branches(tmp_path / "new" / "folder", {"c1": "story.txt"})
        id = branches.add(CONTEXT, title="step 3: Anne leaves", parent="c1", parent_title="story.txt")
        assert id == "b1" and id in branches
        assert SocializedContext.from_json((tmp_path / "new" / "folder" / "b1.json").read_bytes()) == CONTEXT
        catalogue = discover([branches.folder])
        assert [source.title for source in catalogue.contexts.values()] == ["b1.json"] and not catalogue.left_out

    def test_branches_are_found_again_below_the_context_with_the_same_title(self, tmp_path: Path) -> None:
        first = Branches(tmp_path, {"c1": "story.txt"})
        one = first.add(CONTEXT, title="one", parent="c1", parent_title="story.txt")
        first.add(CONTEXT, title="two", parent=one, parent_title="one")
        again = Branches(tmp_path, {"c1": "other.txt", "c7": "story.txt"})
        assert [(entry["id"], entry["title"], entry["parent"]) for entry in again.entries()] == [
            ("b1", "one", "c7"),
            ("b2", "two", "b1"),
        ]
        assert again.add(CONTEXT, title="three", parent="c7", parent_title="story.txt") == "b3"
        assert again.payload("b1")["edge"] == {"who": "you", "calls": 0, "tokens": 0, "cost": 0.0}

    def test_the_parent_is_never_another_context_with_the_same_id(self, tmp_path: Path) -> None:
        runs = {"r1": tmp_path / "runs" / "vanilla_m", "r2": tmp_path / "runs" / "simtom_m"}
        first = Branches(tmp_path / "edits", {"c1": "story.txt"}, runs)
        first.add(CONTEXT, title="one", parent="c1", parent_title="story.txt")
        first.add(CONTEXT, title="two", parent="r2.a of b", parent_title=title_of_item("a of b", runs["r2"]))
        again = Branches(tmp_path / "edits", {"c1": "other.txt"}, {"r2": runs["r1"], "r5": runs["r2"]})
        assert [entry.get("parent") for entry in again.entries()] == [None, "r5.a of b"]
        without = Branches(tmp_path / "edits", {"c1": "other.txt"}, {"r2": runs["r1"]})
        assert [without.payload(id)["parent"] for id in ("b1", "b2")] == [None, None]

    def test_parents_are_no_circle(self, tmp_path: Path) -> None:
        branches = Branches(tmp_path, {})
        for parent in ("b2", "b1", "b3"):
            branches.add(CONTEXT, title="t", parent=parent, parent_title="s")
        assert [entry.get("parent") for entry in Branches(tmp_path, {}).entries()] == [None, "b1", None]

    def test_two_servers_take_different_ids(self, tmp_path: Path) -> None:
        servers = [Branches(tmp_path, {}) for _ in range(4)]
        ids: list[str] = []

        def add(one: Branches) -> None:
            for number in range(10):
                ids.append(one.add(CONTEXT, title=f"t{number}", parent="c1", parent_title="s"))

        threads = [threading.Thread(target=add, args=(one,)) for one in servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ids) == sorted({f"b{number}" for number in range(1, 41)})
        assert len(Branches(tmp_path, {}).entries()) == 40

    @pytest.mark.parametrize("below", [".", "below/it"])
    def test_a_folder_of_a_run_is_refused(self, tmp_path: Path, below: str) -> None:
        with_manifest = write_run(tmp_path / "tomi_results" / "with", [True])
        without = write_run(tmp_path / "tomi_results" / "without", [True])
        (without / "run.json").unlink()
        for folder in (with_manifest, without):
            before = sorted(folder.iterdir())
            with pytest.raises(ConfigurationError, match="outside the folders of runs") as found:
                Branches(folder / below, {}, {"r1": without})
            assert found.value.parameters == ("edit",) and sorted(folder.iterdir()) == before

    def test_branches_in_a_folder_that_is_shown_are_no_second_contexts(self, tmp_path: Path) -> None:
        (tmp_path / "story.txt").write_text(STORY)
        edits = tmp_path / "edits"
        Branches(edits, {}).add(CONTEXT, title="t", parent="c1", parent_title="story.txt")
        (edits / "other.txt").write_text(STORY)
        shown = [source.title for source in discover([tmp_path], edit=edits).contexts.values()]
        assert sorted(shown) == ["other.txt", "story.txt"]
        assert "b1.json" in [source.title for source in discover([tmp_path]).contexts.values()]

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"title": "t", "parent": "c1"}'])
    def test_files_that_are_no_branches_stay_as_they_are(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "b1.json").write_text("mine")
        (tmp_path / ".b1.branch.json").write_text(text)
        branches = Branches(tmp_path, {})
        assert branches.entries() == []
        assert branches.add(CONTEXT, title="t", parent="c1", parent_title="s") == "b2"
        assert (tmp_path / "b1.json").read_text() == "mine"

    def test_a_branch_that_somebody_removed_is_not_listed(self, tmp_path: Path) -> None:
        branches = Branches(tmp_path, {})
        branches.add(CONTEXT, title="t", parent="c1", parent_title="s")
        (tmp_path / "b1.json").unlink()
        assert branches.entries() == []

    def test_a_folder_that_cannot_be_made_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(ConfigurationError, match="expected a folder for branches"):
            Branches(tmp_path / "file", {})


def test_the_estimate_grows_with_the_steps(tmp_path: Path) -> None:
    model = script(tmp_path, "x")
    one, three = estimated(CONTEXT, 1, model), estimated(CONTEXT, 3, model)
    assert (one["calls"], three["calls"], one["cost"], one["model"]) == (1, 3, 0.0, model)
    assert three["tokens"] > 3 * one["tokens"]


MOMENTS = [
    {
        "actions": ["Sally: none", f"Anne: {act}"],
        "state": state,
        "observations": ["Sally: <same_as_last_action />", "Anne: <same_as_state />"],
    }
    for act, state in (("hums a song", "Anne is in a good mood."), ("waves", "Everybody is happy."))
]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "story.txt").write_text(STORY)
    return folder


@pytest.fixture
def client(tmp_path: Path, story: Path) -> Iterator[Client]:
    model = script(
        tmp_path, {"when": "Who hums", "reply": {"reasoning": "She hums.", "answer": "Anne"}}, {"reply": MOMENTS}
    )
    with viewing(discover([story]), cache=False, edit=tmp_path / "edits", model=model) as found:
        yield found


def inject(client: Client, **changes: Any) -> Any:
    body = {"context": "c1", "at": 3, "fork": True, "inject": {"agent": 1, "act": MOVE, "thought": ""}}
    return client.post("/api/branches", {**body, **changes})


def waited(client: Client, id: str, steps: int) -> dict[str, Any]:
    for _ in range(600):
        got = client.get(f"/api/contexts/{id}")
        if got.status == 200 and len(got.data["steps"]) == steps:
            return dict(got.data)
        time.sleep(0.05)
    raise AssertionError("the steps were not made")


class TestServer:
    def test_a_branch_is_made_compared_and_listed(self, client: Client, story: Path) -> None:
        before = {path: path.read_bytes() for path in story.iterdir()}
        got = inject(client)
        assert (got.status, got.data) == (201, {"id": "b1"})
        index = client.get("/api/index").data
        assert index["edit"] is True and index["model"].startswith("scripted/")
        assert [(entry["id"], entry.get("parent")) for entry in index["contexts"]] == [("c1", None), ("b1", "c1")]
        branch = client.get("/api/contexts/b1").data
        assert branch["parent"] == "c1" and branch["edge"]["who"] == "you" and len(branch["steps"]) == 6
        agents = branch["agents"]
        assert branch["beliefs"]["ball"][str(agents.index("Anne"))][-1][1] == "basket"
        chains = client.get("/api/contexts/b1/beliefs", fact="ball", chain="0,1").data["chains"]
        assert chains["0>1"][-1][1] == "basket"
        found = client.get("/api/diff", a="c1", b="b1").data
        expected = diff(CONTEXT, injected(CONTEXT, 3, agent="Anne", act=MOVE, fork=True))
        assert found["only_b"] == [event.id for event in expected.only_b] and found["only_b"]
        assert found["only_a"] == [event.id for event in expected.only_a]
        assert found["pairs"] == [[a.id, b.id] for a, b in expected.pairs]
        assert {path: path.read_bytes() for path in story.iterdir()} == before

    def test_a_model_goes_on_for_two_steps(self, client: Client, tmp_path: Path) -> None:
        inject(client)
        dry = client.post("/api/branches/b1/steps", {"steps": 2, "dry_run": True})
        assert dry.status == 200 and dry.data["calls"] == 2 and dry.data["tokens"] > 0 and dry.data["cost"] == 0
        assert len(client.get("/api/index").data["contexts"]) == 2
        connection, reply = client.open("GET", "/api/live")
        got = client.post("/api/branches/b1/steps", {"steps": 2, "dry_run": False})
        assert (got.status, got.data) == (202, dry.data)
        told = []
        for line in reply:
            if line.startswith(b"data: {"):
                told.append(json.loads(line[6:]))
            if told and told[-1].get("done") == 2:
                break
        connection.close()
        assert told[-1] == {"id": "b1", "done": 2, "of": 2, "error": None}
        longer = waited(client, "b2", 8)
        assert longer["parent"] == "b1"
        assert longer["edge"]["who"].startswith("scripted/") and longer["edge"]["calls"] == 2
        assert [event[3] for event in longer["events"] if event[2] == "act"][-2:] == ["Anne hums a song", "Anne waves"]
        assert len(client.get("/api/contexts/b1").data["steps"]) == 6
        asked = {"context": "b2", "question": "Who hums?", "agent": None, "by_model": True}
        answered = client.post("/api/ask", asked).data
        assert "error" not in answered
        assert (answered["answer"], answered["calls"]) == ("Anne", 1)

    def test_an_error_of_the_model_is_told(self, tmp_path: Path, story: Path) -> None:
        model = script(tmp_path, {"refuse": "I would rather not."})
        with viewing(discover([story]), cache=False, edit=tmp_path / "edits", model=model) as client:
            connection, reply = client.open("GET", "/api/live")
            assert client.post("/api/branches/c1/steps", {"steps": 1, "dry_run": False}).status == 202
            told = next(json.loads(line[6:]) for line in reply if line.startswith(b"data: {"))
            connection.close()
            assert told["done"] == 0 and "I would rather not" in told["error"]
            assert len(client.get("/api/index").data["contexts"]) == 1

    def test_a_step_that_fails_is_no_step_and_what_was_paid_is_told(self, tmp_path: Path, story: Path) -> None:
        model = script(tmp_path, {"reply": [MOMENTS[0], "garbage"]})
        with viewing(discover([story]), cache=False, edit=tmp_path / "edits", model=model) as client:
            connection, reply = client.open("GET", "/api/live")
            assert client.post("/api/branches/c1/steps", {"steps": 3, "dry_run": False}).status == 202
            told: dict[str, Any] = {}
            while not told.get("error"):
                line = reply.readline()
                told = json.loads(line[6:]) if line.startswith(b"data: {") else {}
            connection.close()
            assert told["done"] == 1 and "spent: " in told["error"] and "tokens" in told["error"]
            branch = client.get("/api/contexts/b1").data
            assert len(branch["steps"]) == len(CONTEXT.socialized_context) + 1
            assert f"spent: {branch['edge']['calls']} calls, {branch['edge']['tokens']:,} tokens" in told["error"]
            assert branch["edge"]["calls"] > 1
            asked = {"context": "c1", "question": "Who hums?", "agent": None, "by_model": True}
            got = client.post("/api/ask", asked)
            assert got.status == 400 and "answer" not in got.data and "spent: " in got.data["error"]

    def test_half_a_character_in_an_act_breaks_nothing(self, client: Client) -> None:
        assert inject(client, inject={"agent": 1, "act": "says \ud800", "thought": ""}).status == 201
        assert [one["title"] for one in client.get("/api/index").data["contexts"]][1].startswith("step 4: Anne says ?")

    def test_rules_answer_for_everybody_and_for_an_agent(self, client: Client) -> None:
        inject(client, inject={"agent": 1, "act": "moved the ball to the bag", "thought": ""})
        question = {"context": "b1", "question": "Where is the ball?", "by_model": False}
        assert client.post("/api/ask", {**question, "agent": None}).data["answer"] == "bag"
        looks = {**question, "question": "Where will Sally look for the ball?", "agent": 0}
        got = client.post("/api/ask", looks).data
        assert isinstance(got.pop("certain"), bool) and isinstance(got.pop("why"), str)
        assert got == {"answer": "basket", "calls": 0, "tokens": 0, "cost": 0.0}

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("branches", {}, 400),
            ("branches", [], 400),
            ("branches", {"context": "c9", "at": 0, "fork": True, "inject": None}, 404),
            ("branches", {"context": "c1", "at": "0", "fork": True, "inject": None}, 400),
            ("branches", {"context": "c1", "at": 0, "fork": False, "inject": None}, 400),
            (
                "branches",
                {"context": "c1", "at": 0, "fork": True, "inject": {"agent": 7, "act": "", "thought": ""}},
                400,
            ),
            ("branches", {"context": "c1", "at": 0, "fork": True, "inject": {"agent": 1, "act": "x" * 3000}}, 400),
            ("branches/b9/steps", {"steps": 1, "dry_run": True}, 404),
            ("branches/c1/steps", {"steps": 11, "dry_run": True}, 400),
            ("branches/c1/steps", {"steps": True, "dry_run": True}, 400),
            ("ask", {"context": "c1", "question": " ", "agent": None, "by_model": False}, 400),
            ("ask", {"context": "c1", "question": "Who?", "agent": 9, "by_model": False}, 400),
            ("index", {}, 405),
        ],
    )
    def test_a_body_that_means_nothing_is_refused(self, client: Client, path: str, body: Any, status: int) -> None:
        got = client.post(f"/api/{path}", body)
        assert got.status == status and got.data["error"]
        assert len(client.get("/api/index").data["contexts"]) == 1

    def test_the_rules_of_the_guard_hold_for_changes(self, client: Client) -> None:
        body = {"context": "c1", "at": 0, "fork": True, "inject": None}
        for headers, status in (
            ({"x-swm-token": None}, 401),
            ({"origin": "http://example.org"}, 403),
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"host": "example.org"}, 421),
            ({"content-type": "text/plain"}, 415),
        ):
            assert client.post("/api/branches", body, headers).status == status
        assert client.ask("POST", "/api/branches", "x" * 1_000_001, {"content-type": "application/json"}).status == 413
        assert client.ask("POST", "/api/branches", "{", {"content-type": "application/json"}).status == 400
        assert client.ask("DELETE", "/api/branches", "{}").status == 405

    def test_without_a_model_only_rules_work(self, tmp_path: Path, story: Path) -> None:
        with viewing(discover([story]), cache=False, edit=tmp_path / "edits") as client:
            assert client.get("/api/index").data["model"] is None
            assert inject(client).status == 201
            assert client.post("/api/branches/b1/steps", {"steps": 1, "dry_run": True}).status == 400
            asked = {"context": "b1", "question": "Where is the ball?", "agent": None, "by_model": True}
            assert "language model" in client.post("/api/ask", asked).data["error"]

    def test_without_a_folder_there_is_nothing_to_change(self, story: Path) -> None:
        with viewing(discover([story]), cache=False) as client:
            assert inject(client).status == 405
            assert client.get("/api/diff", a="c1", b="c1").status == 404
        with (
            pytest.raises(ConfigurationError, match="folder for branches together with a model"),
            viewing(discover([story]), model="gpt-4o"),
        ):
            pass
