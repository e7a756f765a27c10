//! Services that a person is owed and has had, each with the rule that makes it due.

use chrono::NaiveDate;
use entity::service::{self, Service};
use serde_json::{Map, Value as Json, json};

use super::words;
use crate::{graphql::shape::Shape, rules};

/// `ServiceAccount`.
pub const SHAPE: &Shape = &Shape {
    name: "ServiceAccount",
    description: "服务说明: a service that is owed, whether it was had, and by which rule",
    members: &[
        ("sentence", "String", None),
        ("code", "Code", None),
        ("labelZh", "String", None),
        ("labelEn", "String", None),
        ("owed", "Boolean", None),
        ("had", "Boolean", None),
        ("missing", "Boolean", None),
        ("rule", "String", None),
        ("ruleTitleZh", "String", None),
        ("source", "String", None),
    ],
};

/// What entitles everybody who lives here, with or without a permit.
const LAW: &str = "居住证暂行条例 第十二条第三项";

/// The rule by which a service is due, where it is one of the domain's.
fn rule_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "HEALTH_RECORD" => "R-02",
        "IMMUNIZATION" => "R-03",
        "CHILD_CARE" => "CHILD-CHECK",
        "MATERNAL_CARE" => "ANTENATAL",
        "ELDERLY_CARE" => "ELDERLY",
        "CHRONIC_DISEASE" | "HYPERTENSION" | "DIABETES" => "CHRONIC",
        "SEVERE_MENTAL_DISORDER" => "SMD",
        "INFECTIOUS_DISEASE" => "R-07",
        "FAMILY_PLANNING" => "R-09",
        _ => return None,
    })
}

/// The services of an entitlement, of its fields as they were read.
pub fn told(entitlement: &Map<String, Json>, whom: &str, today: NaiveDate) -> Vec<Json> {
    let codes = |name: &str| -> Vec<&str> {
        let listed = entitlement.get(name).and_then(Json::as_array).into_iter().flatten();
        listed.filter_map(Json::as_str).collect()
    };
    let (owed, had, gap) = (codes("eligibleServices"), codes("delivered"), codes("gap"));
    let mut all: Vec<&str> = Vec::new();
    for code in owed.iter().chain(&had).chain(&gap) {
        if !all.contains(code) {
            all.push(code);
        }
    }
    all.into_iter()
        .map(|code| {
            let has = |list: &[&str]| list.contains(&code);
            let service = named(code, today);
            let name = service.map_or(code, |service| service.name_zh.as_str());
            let rule = rule_of(code).and_then(rules::find);
            let state = match (has(&had), has(&gap)) {
                (true, _) => "已经享受",
                (false, true) => "应当享受、尚未享受",
                (false, false) => "应当享受",
            };
            let by = rule.map(|rule| format!("（规则 {}：{}）", rule.id, rule.title_zh));
            let sentence = format!(
                "{whom}{state}“{name}”服务，依据：{}{}。",
                words::cite(LAW),
                by.unwrap_or_default()
            );
            json!({
                "sentence": sentence,
                "code": code,
                "labelZh": name,
                "labelEn": service.map(|service| &service.name_en),
                "owed": has(&owed),
                "had": has(&had),
                "missing": has(&gap),
                "rule": rule.map(|rule| rule.id),
                "ruleTitleZh": rule.map(|rule| rule.title_zh),
                "source": service.map(|service| &service.source),
            })
        })
        .collect()
}

/// A service as the edition in force names it, or else another.
fn named(code: &str, today: NaiveDate) -> Option<&'static Service> {
    let is = |service: &&Service| service.code == code;
    service::in_force(today).find(is).or_else(|| service::services().iter().find(is))
}
