//! What a person consented to, and what it may consent to.

use chrono::{DateTime, Utc};
use entity::sharing::{Department, Group};
use serde_json::{Map, Value as Json, json};

use super::{Needs, Published, words};
use crate::{graphql::shape::Shape, policy::Purpose};

/// `ConsentAccount`.
pub const GIVEN: &Shape = &Shape {
    name: "ConsentAccount",
    description: "同意说明: a consent in a sentence and in its parts",
    members: &[
        ("id", "ID", None),
        ("sentence", "String", None),
        ("recipientDepartment", "Code", None),
        ("recipientLabelZh", "String", None),
        ("purpose", "Code", None),
        ("purposeLabelZh", "String", None),
        ("fieldGroup", "Code", None),
        ("groupLabelZh", "String", None),
        ("givenAt", "DateTime", None),
        ("expiresAt", "DateTime", None),
        ("withdrawnAt", "DateTime", None),
        ("active", "Boolean", None),
    ],
};

/// `ConsentChoice`.
pub const TO_GIVE: &Shape = &Shape {
    name: "ConsentChoice",
    description: "可选同意: what a department may see only if the person consents",
    members: &[
        ("sentence", "String", None),
        ("recipientDepartment", "Code", None),
        ("recipientLabelZh", "String", None),
        ("purpose", "Code", None),
        ("purposeLabelZh", "String", None),
        ("fieldGroup", "Code", None),
        ("groupLabelZh", "String", None),
        ("law", "String", None),
    ],
};

/// What of a consent each member is made of.
pub const NEEDS: Needs = &[
    (
        "sentence",
        &[
            "recipientDepartment",
            "purpose",
            "fieldGroup",
            "givenAt",
            "expiresAt",
            "withdrawnAt",
            "active",
        ],
    ),
    ("recipientDepartment", &["recipientDepartment"]),
    ("recipientLabelZh", &["recipientDepartment"]),
    ("purpose", &["purpose"]),
    ("purposeLabelZh", &["purpose"]),
    ("fieldGroup", &["fieldGroup"]),
    ("groupLabelZh", &["fieldGroup"]),
    ("givenAt", &["givenAt"]),
    ("expiresAt", &["expiresAt"]),
    ("withdrawnAt", &["withdrawnAt"]),
    ("active", &["active"]),
];

/// A consent in words, of its fields as they were read.
pub fn given(consent: &Map<String, Json>, whom: &str) -> Json {
    let text = |name: &str| consent.get(name).and_then(Json::as_str);
    let at = |name: &str| text(name).and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let when = |name: &str| at(name).map(words::instant);
    let department = text("recipientDepartment").and_then(Department::parse);
    let recipient = department.map(Department::label_zh);
    let purpose = text("purpose").and_then(Purpose::parse).map(Purpose::label_zh);
    let group = text("fieldGroup").and_then(Group::parse).map(Group::label_zh);
    let active = consent.get("active").and_then(Json::as_bool);
    let end = match (when("withdrawnAt"), when("expiresAt"), active) {
        (Some(withdrawn), ..) => format!("，已于{withdrawn}撤回"),
        (None, Some(expires), Some(true)) => format!("，有效期至{expires}，可随时撤回"),
        (None, Some(expires), _) => format!("，已于{expires}到期"),
        (None, None, _) => String::new(),
    };
    let sentence = format!(
        "{}，{whom}同意{}部门为“{}”使用{whom}的{}{end}。",
        when("givenAt").unwrap_or_default(),
        recipient.unwrap_or_default(),
        purpose.unwrap_or_default(),
        group.unwrap_or_default(),
    );
    let mut told = json!({
        "sentence": sentence,
        "recipientLabelZh": recipient,
        "purposeLabelZh": purpose,
        "groupLabelZh": group,
    });
    for name in [
        "id",
        "recipientDepartment",
        "purpose",
        "fieldGroup",
        "givenAt",
        "expiresAt",
        "withdrawnAt",
        "active",
    ] {
        told[name] = consent.get(name).cloned().unwrap_or_default();
    }
    told
}

/// What is still to be consented to: what grants open by consent alone, but for what was consented to
/// already, given as department, purpose and group.
pub fn to_give(published: &Published, given: &[[String; 3]]) -> Json {
    let open = published.consentable.iter().filter(|choice| {
        let (department, purpose, group, _) = choice;
        let codes = [department.code(), purpose.code(), group.code()];
        !given.iter().any(|given| *given == codes)
    });
    open.map(|(department, purpose, group, law)| {
        let law = words::cite(&law.law);
        let (recipient, what) = (department.label_zh(), group.label_zh());
        let why = purpose.label_zh();
        json!({
            "sentence": format!(
                "{recipient}部门为“{why}”须经您单独同意方可使用您的{what}；您可以同意，也可以不同意，\
                 不同意不影响您享受其他服务；依据：{law}。"
            ),
            "recipientDepartment": department.code(),
            "recipientLabelZh": recipient,
            "purpose": purpose.code(),
            "purposeLabelZh": why,
            "fieldGroup": group.code(),
            "groupLabelZh": what,
            "law": law,
        })
    })
    .collect()
}
