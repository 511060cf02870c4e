"""What DPD is asked, and how seldom it is asked for a token."""

from __future__ import annotations

from carriers.core.auth import TokenCache
from carriers.core.http import recording
from carriers.core.xml import anywhere, first, read_xml
from tests.carriers.playing import Asked, answering, reply
from tests.carriers.test_asking import Request, asked_of, kinds

FAULT = (
    "<e><Fault><detail><authenticationFault><errorCode>DELICOM_ERR_AUTHENTICATION</errorCode>"
    "<errorMessage>No.</errorMessage></authenticationFault></detail></Fault></e>"
)
KNOWN = "<e><trackingresult><statusInfo><status>Depot</status></statusInfo></trackingresult></e>"


class Depot:
    """DPD of paper: tokens t1, t2, …, of which `accepted` is good."""

    def __init__(self, accepted: str = "t1") -> None:
        self.accepted = accepted
        self.issued = 0

    def __call__(self, asked: Asked) -> bytes:
        if asked.path == "/soap/services/LoginService/V2_1":
            self.issued += 1
            return reply(200, f"<e><return><authToken>t{self.issued}</authToken></return></e>")
        (given,) = anywhere(read_xml(asked.body.encode()), "authToken")
        return reply(200, KNOWN) if given.content == self.accepted else reply(500, FAULT)


async def test_one_login_for_many_questions() -> None:
    depot, tokens = Depot(), TokenCache()
    with recording() as replies:
        async with answering(depot) as server:
            requests = [Request("0530 8801 4100 58"), Request("05308801410059")]
            answers = await asked_of("dpd", server, requests, tokens, delis_id="KD1", password="a&b")
            again = await asked_of("dpd", server, requests[:1], tokens, delis_id="KD1", password="a&b")
    assert (kinds([*answers, *again]), depot.issued) == (["found"] * 3, 1)
    assert len(replies) == 3
    login, question = server.asked[:2]
    (auth,) = anywhere(read_xml(login.body.encode()), "getAuth")
    assert [(part.name, part.content) for part in auth.children][:2] == [("delisId", "KD1"), ("password", "a&b")]
    assert question.path == "/soap/services/ParcelLifeCycleService/V2_0"
    root = read_xml(question.body.encode())
    assert first(root, "Body", "getTrackingData", "parcelLabelNumber").content == "05308801410058"
    assert first(root, "Header", "authentication", "delisId").content == "KD1"


async def test_an_old_token_is_renewed_and_a_fresh_one_is_not() -> None:
    depot, tokens = Depot(), TokenCache()
    async with answering(depot) as server:
        await asked_of("dpd", server, [Request("1")], tokens, delis_id="KD1", password="x")
        depot.accepted = "t2"
        answers = await asked_of("dpd", server, [Request("1")], tokens, delis_id="KD1", password="x")
        assert (kinds(answers), depot.issued) == (["found"], 2)
        depot.accepted = "none"
        answers = await asked_of("dpd", server, [Request("1"), Request("2")], tokens, delis_id="KD1", password="x")
    assert (kinds(answers), depot.issued) == (["auth", "auth"], 3)
