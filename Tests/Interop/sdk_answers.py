# SPDX-License-Identifier: Apache-2.0
"""Facts about an EverythingServer that asks the SDK's client: the model, the user and where it works."""

from mcp import types

from harness import equal, expect
from sdk_against_ours import refusal, text
from sdk_peer import LINE, plain

ROOTS = [{"uri": "file:///home/ada", "name": "home"}, {"uri": "file:///tmp"}]


class Answers:
    """What the client answers, and what it was asked."""

    def __init__(self, action="accept", content=None):
        self.action, self.content, self.asked = action, content, []

    async def sample(self, context, params):
        params = plain(params)
        self.asked.append(params)
        words = params["messages"][0]["content"]["text"]
        return types.CreateMessageResult(
            role="assistant", content=types.TextContent(type="text", text=f"echo: {words}"), model="sdk",
            **{"stopReason" if LINE == 1 else "stop_reason": "endTurn"})

    async def elicit(self, context, params):
        params = plain(params)
        self.asked.append(params)
        content = self.content(params) if callable(self.content) else self.content
        return types.ElicitResult(action=self.action, content=content)

    async def roots(self, context):
        self.asked.append("roots")
        return types.ListRootsResult(roots=[types.Root(**root) for root in ROOTS])


def one(params):
    """The only field of a form, filled in."""
    (name, field), = params["requestedSchema"]["properties"].items()
    return {name: True if field["type"] == "boolean" else f"my {name}"}


async def the_model_is_asked(peer, answers):
    result = await peer.call("test_sampling", {"prompt": "Hello"})
    equal(text(result), "LLM response: echo: Hello", "reply")
    equal(answers.asked[0]["maxTokens"], 100, "maxTokens")


async def the_user_fills_in_a_form(peer, answers):
    answers.content = {"username": "ada", "email": "ada@example.com"}
    result = await peer.call("test_elicitation", {"message": "Who?"})
    equal(text(result), 'User response: action=accept, content={"username":"ada","email":"ada@example.com"}', "reply")
    equal(answers.asked[0]["message"], "Who?", "message")
    equal(answers.asked[0]["requestedSchema"]["required"], ["username", "email"], "required")


async def the_user_declines(peer, answers):
    answers.action = "decline"
    result = await peer.call("test_elicitation", {"message": "Who?"})
    equal(text(result), "User response: action=decline, content={}", "reply")


async def the_user_cancels(peer, answers):
    answers.action = "cancel"
    result = await peer.call("test_elicitation", {"message": "Who?"})
    equal(text(result), "User response: action=cancel, content={}", "reply")


async def what_is_left_out_has_its_default(peer, answers):
    answers.content = {"age": 31}
    result = await peer.call("test_elicitation_sep1034_defaults")
    wanted = '{"name":"John Doe","age":31,"score":95.5,"status":"active","verified":true}'
    equal(text(result), f"Elicitation completed: action=accept, content={wanted}", "reply")
    fields = answers.asked[0]["requestedSchema"]["properties"]
    equal([field["default"] for field in fields.values()], ["John Doe", 30, 95.5, "active", True], "defaults")


async def every_kind_of_choice_arrives(peer, answers):
    answers.content = {"untitledSingle": "option2", "titledSingle": "value1", "legacyEnum": "opt3",
                       "untitledMulti": ["option1", "option3"], "titledMulti": ["value2"]}
    result = await peer.call("test_elicitation_sep1330_enums")
    expect('"untitledMulti":["option1","option3"],"titledMulti":["value2"]' in text(result), text(result))
    fields = answers.asked[0]["requestedSchema"]["properties"]
    equal(fields["titledSingle"]["oneOf"][0], {"const": "value1", "title": "First Option"}, "titled")
    equal(fields["legacyEnum"]["enumNames"], ["Option One", "Option Two", "Option Three"], "named")
    equal(fields["titledMulti"]["items"]["anyOf"][2], {"const": "value3", "title": "Third Choice"}, "titled, several")


async def the_client_tells_where_it_works(peer, answers):
    result = await peer.call("test_input_required_result_list_roots")
    expect("file:///home/ada, file:///tmp" in text(result), text(result))


async def three_are_asked_at_once(peer, answers):
    answers.content = one
    result = await peer.call("test_input_required_result_multiple_inputs")
    equal(text(result), "echo: Generate a greeting my name, of 2 roots", "reply")
    equal(len(answers.asked), 3, "questions")


async def two_are_asked_one_after_the_other(peer, answers):
    answers.content = one
    result = await peer.call("test_input_required_result_multi_round")
    equal(text(result), "my name likes my color", "reply")
    equal(len(answers.asked), 2, "questions")


async def a_prompt_asks_for_its_context(peer, answers):
    answers.content = one
    message = (await peer.prompt("test_input_required_result_prompt"))["messages"][0]
    equal(message["content"]["text"], "Use this context: my context", "prompt")


async def a_refusal_is_told(peer, answers):
    async def refuse(context, params):
        return types.ErrorData(code=-1, message="User rejected sampling request")

    answers.sample = refuse
    answered = await peer.call("test_sampling", {"prompt": "Hello"})
    expect(answered["isError"] and "User rejected" in text(answered), str(answered))


async def a_state_that_was_changed_is_refused(peer, answers):
    asked = plain(await peer.session.call_tool("test_input_required_result_tampered_state", allow_input_required=True))
    equal(list(asked["inputRequests"]), ["confirm"], "names")
    good = {"confirm": types.ElicitResult(action="accept", content={"ok": True})}
    state = asked["requestState"]

    def again(state):
        return peer.ask(peer.session.call_tool("test_input_required_result_tampered_state", input_responses=good,
                                               request_state=state, allow_input_required=True))

    error = await refusal(again(state[:-2] + ("AA" if state[-2:] != "AA" else "BB")))
    equal(error.code, -32602, "code")
    expect("intact" in text(await again(state)), "the right state was refused")


EVERY_ERA = [
    the_model_is_asked, the_user_fills_in_a_form, the_user_declines, the_user_cancels, what_is_left_out_has_its_default,
    every_kind_of_choice_arrives, the_client_tells_where_it_works, three_are_asked_at_once,
    two_are_asked_one_after_the_other, a_prompt_asks_for_its_context,
]
LEGACY_ONLY = [a_refusal_is_told]
MODERN_ONLY = [a_state_that_was_changed_is_refused]


async def a_client_that_cannot_be_asked_is_told(peer):
    """A fact about a client without answers."""
    if peer.modern:
        error = await refusal(peer.call("test_sampling", {"prompt": "Hello"}))
        equal((error.code, error.data), (-32021, {"requiredCapabilities": {"sampling": {}}}), "error")
    else:
        answered = await peer.call("test_sampling", {"prompt": "Hello"})
        expect(answered["isError"] and "sampling" in text(answered), str(answered))


def run_all(report, group, target, era, connected):
    """Runs every fact of the era, each with a connection and answers of its own."""
    facts = EVERY_ERA + (MODERN_ONLY if era == "modern" else LEGACY_ONLY)
    for fact in facts:

        async def run(fact=fact):
            answers = Answers()
            # Through the object, so that a fact may change what it answers.
            callbacks = {
                "sampling_callback": lambda *all: answers.sample(*all),
                "elicitation_callback": lambda *all: answers.elicit(*all),
                "list_roots_callback": lambda *all: answers.roots(*all),
            }
            async with connected(target, era, **callbacks) as peer:
                await fact(peer, answers)

        run.__name__ = fact.__name__
        report.run(group, run)

    async def unanswered():
        async with connected(target, era) as peer:
            await a_client_that_cannot_be_asked_is_told(peer)

    unanswered.__name__ = a_client_that_cannot_be_asked_is_told.__name__
    report.run(group, unanswered)
