//! Family planning services (G18): guidance, supplies, procedures, the examination before pregnancy.

use chrono::Days;
use serde_json::{Value, json};

use super::draft::{Draft, json, list, row, text};
use super::household::{Home, Member};
use super::traits::Trait;
use crate::rules::residence::months_after;

/// Contraceptive methods, 0 for none.
const METHODS: [(&str, u32); 7] =
    [("0", 24), ("3", 34), ("6", 26), ("2", 8), ("5", 5), ("4", 2), ("7", 1)];

/// Writes the services of a woman of childbearing age, and of some men.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let is_fertile = !member.male && (15..50).contains(&member.age);
    let per_mille = match (is_fertile, member.male && member.age >= 18) {
        (true, _) if member.traits.has(Trait::Maternal) || home.showcase.is_some() => 1000,
        (true, _) => 420,
        (_, true) => 25,
        _ => return,
    };
    if !draft.dice.chance(per_mille) {
        return;
    }
    let guided_on =
        draft.day_between(member.arrival.max(draft.today - Days::new(700)), draft.today);
    let soon = |draft: &mut Draft| draft.soon_after(guided_on, 60);
    let method = draft.dice.weighted(&METHODS);
    let supplies: Vec<Value> = match method {
        "6" | "5" | "7" => {
            let on = soon(draft);
            vec![json!({ "issuedOn": on, "item": method, "quantity": draft.dice.between(10, 60) })]
        }
        _ => Vec::new(),
    };
    let procedures: Vec<Value> = match method {
        "3" => vec![json!({ "on": soon(draft), "code": "1" })],
        "2" => vec![json!({ "on": soon(draft), "code": "3" })],
        _ if is_fertile && draft.dice.chance(20) => vec![json!({ "on": soon(draft), "code": "4" })],
        _ => Vec::new(),
    };
    let plans_child = is_fertile && draft.dice.chance(180);
    let intended_on = plans_child.then(|| soon(draft));
    let examined_on = (plans_child && draft.dice.chance(760)).then(|| soon(draft));
    let exam = examined_on.and_then(|on| {
        json(json!({ "examinedOn": on, "partnerExamined": draft.dice.chance(850) }))
    });
    let asked: Vec<Value> = if draft.dice.chance(250) {
        let on = soon(draft);
        let provided = draft.dice.chance(930).then(|| draft.soon_after(on, 20));
        let service = draft.dice.weighted(&[("6", 6), ("1", 3), ("2", 1)]);
        vec![json!({ "service": service, "requestedOn": on, "providedOn": provided })]
    } else {
        Vec::new()
    };
    let taught = if plans_child || draft.dice.chance(300) {
        vec![json!({ "givenOn": soon(draft) })]
    } else {
        Vec::new()
    };
    let reward = if draft.dice.chance(30) {
        vec![json!({ "code": "1", "grantedOn": soon(draft) })]
    } else {
        Vec::new()
    };
    // Certificates were given out until the regulation was repealed; those there are stay on file.
    let certificate = if draft.dice.chance(60) {
        json(json!({ "number": format!("HY22{:08}", member.id), "issuedOn": "2014-06-01" }))
    } else {
        None
    };
    let stamp = draft.health_stamp(guided_on);
    let record = row!(
        family_planning_service {
            id: draft.key(),
            person_id: member.id,
            contraceptive_method: text(method),
            supply_issued: list(supplies),
            procedure: list(procedures),
            pre_pregnancy_exam: exam,
            pre_pregnancy_exam_on: examined_on,
            pre_pregnancy_exam_until: examined_on.map(|on| months_after(on, 12)),
            birth_defect_intervention: list(taught),
            guidance_given: list(vec![json!({ "givenOn": guided_on })]),
            reward_benefit: list(reward),
            marital_childbearing_cert: certificate,
            service_requests: list(asked),
            pregnancy_intention_on: intended_on,
        },
        stamp
    );
    draft.batch.family_planning_services.push(record);
}
