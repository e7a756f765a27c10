//! Emergency accesses in sentences.

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::words;
use crate::{
    graphql::{events::of_instant, shape::Shape},
    policy::Role,
    rules::break_glass::{VERDICTS, reason_zh},
};

/// `EmergencyAccount`.
pub const SHAPE: &Shape = &Shape {
    name: "EmergencyAccount",
    description: "紧急访问说明: one emergency access to the person's record, in a sentence and in its parts",
    members: &[
        ("sentence", "String", None),
        ("openedAt", "DateTime", None),
        ("endedAt", "DateTime", None),
        ("organization", "Code", None),
        ("organizationName", "String", None),
        ("roleLabelZh", "String", None),
        ("reasonCode", "Code", None),
        ("reasonLabelZh", "String", None),
        ("verdict", "Code", None),
        ("reviewedAt", "DateTime", None),
        ("law", "String", None),
    ],
};

/// The law of emergencies.
const LAW: &str = "个人信息保护法 第十三条第一款第四项、第十八条第二款（紧急情况）";

/// An emergency as it is read for the person: nobody's words, and no clinician by name.
pub struct Emergency<'r> {
    pub opened_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub reviewed_at: Option<DateTime<Utc>>,
    pub role: &'r str,
    pub organization: &'r str,
    pub organization_name: &'r str,
    pub reason: &'r str,
    pub verdict: Option<&'r str>,
}

/// An emergency in words.
pub fn told(emergency: &Emergency<'_>, whom: &str, now: DateTime<Utc>) -> Json {
    let Emergency { opened_at, expires_at, closed_at, reviewed_at, .. } = *emergency;
    let ended_at = closed_at.unwrap_or(expires_at).min(expires_at);
    let role = Role::parse(emergency.role).map(Role::label_zh);
    let role = role.unwrap_or_default();
    let reason = reason_zh(emergency.reason).unwrap_or(emergency.reason);
    let verdict = emergency.verdict.and_then(|code| {
        VERDICTS.iter().find(|(known, ..)| *known == code).map(|(_, label, _)| *label)
    });
    let end = match ended_at <= now {
        true => format!("，{}结束", words::instant(ended_at)),
        false => format!("，至{}", words::instant(ended_at)),
    };
    let review = match (verdict, reviewed_at) {
        (Some(verdict), Some(at)) => format!("{}复核认定{verdict}", words::instant(at)),
        _ => "尚待复核".to_owned(),
    };
    let law = words::cite(LAW);
    let sentence = format!(
        "{}，{}的{role}因“{reason}”紧急打开了{whom}的病历{end}；{review}；依据：{law}。",
        words::instant(opened_at),
        emergency.organization_name,
    );
    json!({
        "sentence": sentence,
        "openedAt": of_instant(opened_at),
        "endedAt": of_instant(ended_at),
        "organization": emergency.organization,
        "organizationName": emergency.organization_name,
        "roleLabelZh": role,
        "reasonCode": emergency.reason,
        "reasonLabelZh": reason,
        "verdict": emergency.verdict,
        "reviewedAt": reviewed_at.map(of_instant),
        "law": law,
    })
}
