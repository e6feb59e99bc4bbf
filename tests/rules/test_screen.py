"""Screening: disguises are undone, places point into the original, nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.rules.packs import PACK_NAMES, PackError, rule
from qinghe.rules.screen import lexicon as lexicon_module
from qinghe.rules.screen.lexicon import lexicon
from qinghe.rules.screen.linear import pack, unpack
from qinghe.rules.screen.normal import normalise
from qinghe.rules.screen.patterns import match, parse_pattern
from qinghe.rules.screen.sounds import restore
from qinghe.rules.screen.spots import Spotted, grow
from qinghe.rules.screen.terms import FACTS, Screening, Utterance
from qinghe.rules.screen.training import measure, read_samples, train
from qinghe.rules.screen.verdict import screen

THREATS = (
    "再不还钱就弄死你",
    "明天去你单位拉横幅",
    "不还钱就爆你通讯录",
    "我是派出所的民警",
    "你这个不要脸的骗子",
)


def said(text: str, *facts: str, role: str = "debtor", **more: str) -> Screening:
    return screen(Utterance(text, role, identity_verified=True, facts=frozenset(facts), **more))


def plain(text: str) -> str:
    return restore(normalise(text)).text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＰＡＹ　ｎｏｗ", "pay now"),
        ("欠\u200b债\u2060还\ufeff钱", "欠债还钱"),
        ("還錢", "还钱"),
        ("老.赖", "老赖"),
        ("老 _ 赖", "老赖"),
        ("i d i o t", "idiot"),
        ("k1ll you", "kill you"),
        ("🔪你", "刀子你"),
        ("通讯lu", "通讯录"),
        ("同训录", "通讯录"),
        ("坐 l a o", "坐牢"),
        ("f̲u̲n̲", "fun"),
        ("tōngxùnlù里的人", "通讯录里的人"),
        ("ｔｏｎｇｘｕｎｌｕ里的人", "通讯录里的人"),
        ("nǐ de jiā rén我们都认得", "ni de 家人我们都认得"),
        ("wo qu ni dan wei", "wo qu ni 单位"),
    ],
)
def test_a_disguise_is_undone(written: str, meant: str) -> None:
    assert plain(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "三点五元，共 1.50 元。",
        "See 1.5 or 2.",
        "地址：www.example.com",
        "看4A景区",
        "a b",
        "He can change me a pan.",
        "请打开 app can change me 吗",
    ],
)
def test_what_is_no_disguise_keeps_its_words(text: str) -> None:
    assert "砍" not in plain(text)
    assert [c for c in plain(text) if c.isdigit()] == [c for c in text if c.isdigit()]


@given(st.text(max_size=80))
def test_every_character_knows_where_it_stood(text: str) -> None:
    normal = restore(normalise(text))

    assert len(normal.text) == len(normal.origin)
    assert list(normal.origin) == sorted(normal.origin)
    assert all(0 <= place < len(text) for place in normal.origin)


@given(st.text(max_size=60), st.sampled_from([None, "debtor", "employer", "attorney"]))
def test_any_text_has_an_answer_with_places_inside_it(text: str, role: str | None) -> None:
    answer = screen(Utterance(text, role), ("CN", "US", "UK", "EU", "IN"))

    assert answer.decision == ("deny" if answer.rules else "allow")
    assert all(0 <= each.start < each.end <= len(text) for each in answer.findings)


DISGUISES = {
    "full width": lambda text: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text
    ),
    "invisible": "\u200b".join,
    "dots": ".".join,
    "spaces": " ".join,
    "stars": "*".join,
}


@pytest.mark.parametrize("text", THREATS)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguised_threat_is_refused_and_marked_in_the_original(text: str, disguise: str) -> None:
    written = DISGUISES[disguise](text)
    words = said(text).findings
    found = said(written).findings

    assert [each.act for each in found] == [each.act for each in words]
    assert [plain(written[each.start : each.end]) for each in found] == [
        text[each.start : each.end] for each in words
    ]


def test_a_finding_names_act_rule_place_and_a_lawful_way_to_say_it() -> None:
    text = "您好。再不还钱就打断你的腿。"
    (found,) = [each for each in said(text).findings if each.act == "threat"]

    assert "打断" in text[found.start : found.end]
    assert found.rule_id == "CN-CON-01"
    assert found.say("zh-hans") != found.say("en")
    assert not said(found.say_zh).denied
    assert not said(found.say_en).denied


def test_every_lawful_wording_passes_under_every_pack() -> None:
    for act in lexicon().acts:
        for text in (act.say_zh, act.say_en):
            answer = screen(Utterance(text, "debtor", identity_verified=True), PACK_NAMES)
            assert answer.decision == "allow", (act.code, text, answer.findings)


def test_every_rule_of_an_act_is_one_for_utterances() -> None:
    for act in lexicon().acts:
        for rule_id in {*act.rules, *(each for p in act.patterns for each in p.rules)}:
            assert "utterance" in rule(rule_id).evaluated_by, (act.code, rule_id)


def test_facts_asked_for_by_a_pattern_exist() -> None:
    roles = {"third", "outsider", "unverified", "may_be_told", "voicemail", "envelope"}
    known = FACTS | roles | set(PACK_NAMES) | lexicon_module_roles()
    asked = {word for act in lexicon().acts for p in act.patterns for word in p.when | p.unless}
    assert asked <= known


def lexicon_module_roles() -> frozenset[str]:
    from qinghe.rules.contact.terms import ROLES

    return ROLES


def test_a_lexicon_with_an_unknown_rule_or_meaning_does_not_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    act = {
        "act": "x",
        "title": {"zh": "x", "en": "x"},
        "say": {"zh": "x", "en": "x"},
        "rules": ["CN-CON-01"],
        "find": ["<you>"],
    }
    for wrong in ({"rules": ["CN-NO-99"]}, {"find": ["<nothing>"]}):
        monkeypatch.setattr(lexicon_module, "read_acts", lambda wrong=wrong: iter([act | wrong]))
        with pytest.raises(PackError):
            lexicon.__wrapped__()


def test_a_pattern_must_not_end_with_a_gap() -> None:
    with pytest.raises(ValueError, match="gap"):
        parse_pattern("<you> ..", {})


@pytest.mark.parametrize(
    ("find", "text", "matches"),
    [
        ("甲 乙", "甲一二三四乙", True),
        ("甲 乙", "甲一二三四五乙", False),
        ("甲 ~ 乙", "甲一二三四五乙", True),
        ("甲 ~ 乙", "甲，一二乙", False),
        ("甲 .. 乙", "甲，一二乙", True),
        ("甲 .. 乙", "甲。一二乙", False),
        ("甲 // 乙", "甲。一二乙", True),
        ("甲 .. 乙", "乙一甲", False),
        ("甲 .. 乙", "不会甲一乙", False),
        ("甲 .. 乙", "甲一不会乙", False),
        ("甲 .. 乙", "不会一，甲一乙", True),
        ("甲 .. 乙", "凡甲一乙", False),
    ],
)
def test_how_far_a_pattern_reaches_and_what_excuses_it(find: str, text: str, matches: bool) -> None:
    literals: dict[str, list[str]] = {}
    pattern = parse_pattern(find, literals)
    tree = grow({**literals, "negator": ["不会"], "shield": ["凡"]})

    assert (match(pattern, Spotted(plain(text), tree)) is not None) is matches


def test_many_denials_do_not_cost_more_than_their_number() -> None:
    tree = grow({"negator": ["不会"], "hollow_denial": ["不会放过"], "insult": ["贼"]})
    began = process_time()
    text = Spotted("不会放过" * 10_000 + "贼", tree)

    assert not text.is_denied(text.by_meaning["insult"][0])
    assert process_time() - began < 2, "looking at every idiom for every denial takes far longer"


def test_what_is_unknown_is_refused_and_not_guessed() -> None:
    assert screen(Utterance("您好。", None)).rules == ("PLT-IN-01",)
    for wrong in (
        Utterance("您好。", "friend"),
        Utterance("您好。", "debtor", channel="fax"),
        Utterance("您好。", "debtor", surface="poster"),
        Utterance("您好。", "debtor", facts=frozenset({"lenient"})),
    ):
        with pytest.raises(ValueError, match="terms"):
            screen(wrong)


def test_an_act_is_judged_by_the_law_of_its_day() -> None:
    old = Utterance(
        "不还钱就弄死你。",
        "debtor",
        identity_verified=True,
        at=datetime(2020, 3, 2, 4, tzinfo=UTC),
        zones=("Asia/Shanghai",),
    )
    new = screen(Utterance(old.text, "debtor", identity_verified=True))

    assert "CN-CON-04" in new.rules
    assert "CN-CON-04" not in screen(old).rules
    assert "CN-CON-01" in screen(old).rules


def test_weights_survive_their_file() -> None:
    model = unpack(pack([0.0, 1.0, -0.5, 0.25], bias=0.5, threshold=2.0))

    assert model.threshold == 2.0
    assert [round(each * model.scale, 2) for each in model.weights] == [0.0, 1.0, -0.5, 0.25]
    with pytest.raises(ValueError, match="weights"):
        unpack(b"QHI1" + bytes(40))


def test_training_hears_the_difference_and_repeats_itself() -> None:
    rows = ["label,TEXT"] + [f"{i % 2},{'坏话' if i % 2 else '好话'}说{i}" for i in range(40)]
    samples = read_samples(rows, bits=10)
    raw = train(samples, bits=10, epochs=5)

    assert raw == train(samples, bits=10, epochs=5)
    assert measure(unpack(raw), samples).macro_f1 == 1.0
    with pytest.raises(ValueError, match="label"):
        read_samples(["label,TEXT", "2,话"])
    with pytest.raises(ValueError, match="columns"):
        read_samples(["a,b", "1,话"])


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        # A warning excuses what stands beside it, not the whole sentence.
        ("如有人自称法官要您转账，请报警。", False),
        ("有人误会我们，今天下午，我就打断你的腿。", True),
        # `Please do not make me` asks for nothing to be stopped.
        ("请不要让我去您单位找您领导谈。", True),
        ("请不要担心，我们不会去您单位找您领导谈。", False),
        # Mercy on a condition is a threat.
        ("We won't tell your wife, provided the money lands by noon.", True),
        ("We won't tell your wife or anyone else.", False),
        # One denial covers a list.
        ("We don't accept Bitcoin, Venmo or gift cards.", False),
        ("We accept Bitcoin, Venmo or gift cards.", True),
        # A denial may reach into a word.
        ("您放心，没有人会去您家。", False),
    ],
)
def test_what_is_excused_and_what_only_sounds_so(text: str, refused: bool) -> None:
    assert screen(Utterance(text, "debtor", identity_verified=True), ("CN", "US")).denied is refused


def test_who_must_wait_is_asked_for_no_money() -> None:
    text = "有疑问请另行反映，本期款项今晚十点前打款过来。"

    assert not said("请您在本月20日前还款，如有困难请联系我们。").denied
    assert "CN-DSP-01" in said(text, "disputed").rules


def test_pressure_that_only_sounds_so_says_what_it_is_about() -> None:
    acts = {each.act for each in said("我们六个人已经在你单位大厅了，下来吧。").findings}

    assert acts >= {"pressure", "soft_violence"}


@pytest.mark.parametrize(
    "text",
    [
        "照片看不清，请重拍。",
        "借条照片看不清，请重新上传。",
        "请补充借条。",
        "请把借条拍清楚。",
        "您的借条照片我们收到了。",
        "借条缺少签名页，请补充。",
        "转账截图看不清，请重新上传。",
        "The photo of the loan note cannot be read. Please take it again.",
    ],
)
def test_a_desk_may_ask_for_a_paper_that_can_be_read(text: str) -> None:
    assert said(text, channel="letter").decision == "allow"


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("照片看不清，请重拍，不然就把你的照片贴到小区门口。", "posting"),
        ("你的借条照片会发到家长群。", "posting"),
        ("借条贴到你们村口。", "posting"),
        ("你的照片我们收到了，邻居很快也会收到。", "posting"),
        ("请补充借条，再去借钱还。", "new_debt"),
        ("去借钱还。", "new_debt"),
        ("找你亲戚借，今天必须还上。", "new_debt"),
    ],
)
def test_a_paper_in_a_threat_excuses_nothing(text: str, act: str) -> None:
    answer = said(text, channel="letter")
    assert answer.decision == "deny"
    assert act in {each.act for each in answer.findings}


def test_a_model_learns_from_meanings_only_when_it_was_told_to() -> None:
    lines = ["label,TEXT", "1,欠债的贼来了", "0,今天天气不错"]
    slots = [read_samples(lines, with_meanings=told)[0].slots for told in (False, True)]
    raw = pack([0.0] * 4, bias=0.0, threshold=0.0, with_meanings=True)

    assert set(slots[0]) < set(slots[1])
    assert unpack(raw).wants_meanings
    assert not unpack(pack([0.0] * 4, bias=0.0, threshold=0.0)).wants_meanings


@pytest.mark.parametrize(
    "text",
    [
        "One telephone for all debtors; the bank knows none of the loans.",
        "One telephone for all debtors; the bank knows none of the loans",
        "The borrowers share one address and the loans have one day.",
    ],
)
def test_what_an_officer_found_out_about_debtors_is_no_pressure_on_one(text: str) -> None:
    assert not said(text).denied


@pytest.mark.parametrize(
    "text",
    [
        "Borrowers who hide will be found.",
        "A debtor who sleeps should wake up in fear.",
        "Debtors must take another loan today.",
        "Every borrower here loses the house.",
        "Borrow from the bank, all debtors do.",
        "The debtor will be exposed to the neighbours.",
    ],
)
def test_a_threat_is_one_also_when_it_speaks_of_debtors_in_general(text: str) -> None:
    assert said(text).denied
