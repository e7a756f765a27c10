//! R-05: a case of severe mental disorder is handed over between clinicians (属地管理, 定期随访; A 三(三)).
//!
//! The sender proposes to one organization, which accepts or sends back. Until then the sender keeps
//! the case and the receiver sees that a case waits, and its content on acceptance. No third role sees
//! the hand-over.

use crate::{
    calendar::{Day, add_working_days},
    facts::Facts,
    fault::{Code, Fault},
    rule::{Edition, Input, Outcome, Question, Rule},
};

const A_2015: Edition = Edition::new(
    "A-2015",
    Some("2015-01-01"),
    None,
    "吉卫联发〔2015〕7号 三(三); the text bears no date (choice); 精神卫生法 24, 55",
);

/// Working days within which the receiver answers (choice).
const ANSWER_DAYS: u32 = 3;

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-05",
    aliases: &["SMD_HAND_OVER"],
    title_zh: "严重精神障碍患者交接",
    title_en: "hand-over of a case",
    text: "The sender proposes a case to one organization, which accepts it or sends it back. Until \
           then the sender keeps the case, and the receiver sees that a case waits; it sees the \
           content on acceptance. Answer due three working days after the proposal (choice).",
    boundaries: "Proposed 2015-06-01, accepted 2015-06-04: the sender's until 2015-06-03, the receiver's from 2015-06-04 on.",
    source: "吉卫联发〔2015〕7号 三(三); 精神卫生法 24, 55",
    editions: &[A_2015],
    dated_by_case: false,
    eligibility: false,
    inputs: &[Input {
        kind: "CaseHandOver",
        fields: &["sender", "receiver", "proposedOn", "acceptedOn", "sentBackOn"],
    }],
    example_on: "2015-06-03",
    example: r#"{"case":"1","sender":"origin-clinic","receiver":"clinic-220104","proposedOn":"2015-06-01","acceptedOn":"2015-06-04"}"#,
    evaluate,
};

/// Where a hand-over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not proposed yet: the sender's case, of which the receiver knows nothing.
    NotProposed,
    /// Proposed: the sender's case, and the receiver sees that one waits.
    Waiting,
    /// Accepted: the receiver's case.
    Accepted,
    /// Sent back: the sender's case.
    SentBack,
}

/// Where a hand-over stands on a day.
pub fn state(proposed: Day, accepted: Option<Day>, sent_back: Option<Day>, on: Day) -> State {
    let by = |day: Option<Day>| day.is_some_and(|day| day <= on);
    match () {
        () if on < proposed => State::NotProposed,
        () if by(accepted) => State::Accepted,
        () if by(sent_back) => State::SentBack,
        () => State::Waiting,
    }
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    if !A_2015.is_in_force(on) {
        return Ok(Outcome::not_in_force(&A_2015, on));
    }
    let row = facts.one("CaseHandOver")?;
    let proposed = row.needed_day("proposedOn")?;
    let (accepted, sent_back) = (row.day("acceptedOn")?, row.day("sentBackOn")?);
    if accepted.is_some() && sent_back.is_some() {
        return Err(row.fault(
            Code::InvalidValue,
            "acceptedOn",
            "and sentBackOn exclude each other",
        ));
    }
    if accepted.or(sent_back).is_some_and(|answered| answered < proposed) {
        return Err(row.fault(Code::InvalidValue, "proposedOn", "is after the answer"));
    }
    let (sender, receiver) = (row.text("sender")?, row.text("receiver")?);
    let (outcome, holder, sees) = match state(proposed, accepted, sent_back, on) {
        State::NotProposed => (
            Outcome::new("NOT_PROPOSED", "NOT_PROPOSED", "尚未提出交接", "not proposed yet"),
            ("SENDER", sender),
            "NOTHING",
        ),
        State::Waiting => (
            Outcome::new(
                "WAITING",
                "WAITING",
                "待接收:病例仍归移出方,接收方只知有病例待接收",
                "waits for an answer: the sender keeps the case, the receiver sees that one waits",
            ),
            ("SENDER", sender),
            "A_CASE_WAITS",
        ),
        State::Accepted => (
            Outcome::new(
                "ACCEPTED",
                "ACCEPTED",
                "已接收:病例归接收方,内容可见",
                "accepted: the receiver has the case and sees its content",
            ),
            ("RECEIVER", receiver),
            "CONTENT",
        ),
        State::SentBack => (
            Outcome::new(
                "SENT_BACK",
                "SENT_BACK",
                "已退回:病例归移出方",
                "sent back: the sender's case",
            ),
            ("SENDER", sender),
            "NOTHING",
        ),
    };
    Ok(outcome
        .of(&A_2015)
        .with("holder", holder.0)
        .with("holderOrg", holder.1)
        .with("receiverSees", sees)
        .with_day("dueOn", Some(add_working_days(proposed, ANSWER_DAYS))))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, day};

    use crate::eval;

    #[test]
    fn r_05_the_sender_keeps_the_case_until_it_is_accepted() {
        let case =
            r#"{"sender":"a","receiver":"b","proposedOn":"2015-06-01","acceptedOn":"2015-06-04"}"#;
        for (on, result, holder, sees) in [
            ("2015-05-31", "NOT_PROPOSED", "a", "NOTHING"),
            ("2015-06-01", "WAITING", "a", "A_CASE_WAITS"),
            ("2015-06-03", "WAITING", "a", "A_CASE_WAITS"),
            ("2015-06-04", "ACCEPTED", "b", "CONTENT"),
        ] {
            let answer = answer("R-05", on, case);
            assert_eq!((&answer["result"], &answer["holderOrg"]), (&result.into(), &holder.into()));
            assert_eq!(answer["receiverSees"], sees);
            assert_eq!(answer["dueOn"], "2015-06-04");
        }
    }

    #[test]
    fn r_05_a_case_sent_back_stays_the_senders_and_tells_the_receiver_nothing() {
        let case =
            r#"{"sender":"a","receiver":"b","proposedOn":"2015-06-01","sentBackOn":"2015-06-02"}"#;
        let answer = answer("R-05", "2015-06-02", case);
        assert_eq!(
            (&answer["holder"], &answer["receiverSees"]),
            (&"SENDER".into(), &"NOTHING".into())
        );
        let both = case.replace("sentBackOn", "acceptedOn\":\"2015-06-02\",\"sentBackOn");
        let rule = crate::find("R-05").unwrap();
        assert!(eval::line(rule, None, day("2015-06-02"), &both, 1).is_err());
    }
}
