//! Who looked: one sentence for each access.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use super::{Needs, Register, words};
use crate::{
    catalogue::{Field, catalogue},
    graphql::{acts, shape::Shape},
    policy::{GrantSet, LegalBasis, Level, Purpose, Role, Target},
    rules::audit_case::{REASONS, REQUEST},
};

/// `AccessAccount`.
pub const SHAPE: &Shape = &Shape {
    name: "AccessAccount",
    description: "访问说明: one access to the person's data, in a sentence and in its parts",
    members: &[
        ("cursor", "String", None),
        ("at", "DateTime", None),
        ("sentence", "String", None),
        ("role", "Code", None),
        ("roleLabelZh", "String", None),
        ("department", "Code", None),
        ("departmentLabelZh", "String", None),
        ("organization", "Code", None),
        ("organizationName", "String", None),
        ("purpose", "Code", None),
        ("purposeLabelZh", "String", None),
        ("what", "String", None),
        ("fields", "String", None),
        ("law", "String", None),
        ("wasAnswered", "Boolean", None),
    ],
};

/// What of an access event each member is made of.
pub const NEEDS: Needs = &[
    ("cursor", &[]),
    ("at", &["at"]),
    ("sentence", &["at", "department", "organization", "purpose", "fields", "caseReason"]),
    ("department", &["department"]),
    ("organization", &["organization"]),
    ("organizationName", &["organization"]),
    ("purpose", &["purpose"]),
    ("purposeLabelZh", &["purpose"]),
    ("what", &["fields", "caseReason"]),
    ("fields", &["fields"]),
    ("law", &["at", "purpose", "fields"]),
];

/// How many names of one kind a sentence has.
const MOST: usize = 6;

/// What the view of accesses has of a record and shows nobody as a field.
#[derive(Clone, Debug, Default)]
pub struct Internal {
    /// The code of the role.
    pub role: String,
    /// `allowed`, or the code of the refusal.
    pub decision: String,
    /// The version of the grants.
    pub grants_version: i64,
}

/// One access.
pub struct Looked<'a> {
    /// The fields of the access event that were read.
    pub event: &'a Map<String, Json>,
    /// What it has beside them.
    pub internal: &'a Internal,
    /// Its cursor.
    pub cursor: String,
    /// Whether it is the caller's own.
    pub is_own: bool,
    /// Whom it is about, as the sentence calls them: 您 or 该未成年人.
    pub whom: &'a str,
}

/// What records name: a field or row of the catalogue, at a level.
struct Named {
    kind_zh: &'static str,
    is_person: bool,
    field: Option<&'static Field>,
    level: Level,
}

/// An access in words.
pub fn told(looked: &Looked<'_>, register: &Register) -> Json {
    let Looked { event, internal, .. } = looked;
    let text = |name: &str| event.get(name).and_then(Json::as_str);
    let at = text("at").and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let fields = text("fields").unwrap_or_default();
    let role = Role::parse(&internal.role);
    let purpose = text("purpose").and_then(Purpose::parse);
    let organization = text("organization");
    let name = organization.map(|code| {
        let known = register.directory.organization(code);
        known.map_or_else(|| code.to_owned(), |known| known.name.clone())
    });
    let what = what(fields, text("caseReason"), looked);
    let laws = at.map(|at| laws(&register.grants, role, purpose, fields, internal, at));
    let laws = laws.unwrap_or_default();
    let law = words::cite_all(laws.iter().map(|law| law.law.as_str()));
    let sentence = {
        let when = at.map(words::instant).unwrap_or_default();
        let who = who(looked, role, name.as_deref());
        let why = purpose.map(|purpose| format!("，用途：{}", purpose.label_zh()));
        let by = (!law.is_empty()).then(|| format!("，依据：{law}"));
        let end = match is_answered(internal) {
            true => "。",
            false => "；该请求未获答复，未返回任何信息。",
        };
        format!("{when}，{who}{what}{}{}{end}", why.unwrap_or_default(), by.unwrap_or_default())
    };
    json!({
        "cursor": looked.cursor,
        "at": text("at"),
        "sentence": sentence,
        "role": internal.role,
        "roleLabelZh": role.map(Role::label_zh),
        "department": text("department"),
        "departmentLabelZh": role.map(|role| role.department().label_zh()),
        "organization": organization,
        "organizationName": name,
        "purpose": text("purpose"),
        "purposeLabelZh": purpose.map(Purpose::label_zh),
        "what": what,
        "fields": fields,
        "law": (!law.is_empty()).then_some(law),
        "wasAnswered": is_answered(internal),
    })
}

fn is_answered(internal: &Internal) -> bool {
    internal.decision == "allowed"
}

/// Who, by role and organization: never by name.
fn who(looked: &Looked<'_>, role: Option<Role>, organization: Option<&str>) -> String {
    match role {
        _ if looked.is_own => "您本人".to_owned(),
        Some(Role::SU) => "监护人或本人以其他账号".to_owned(),
        Some(role) => match organization {
            Some(name) => format!("{name}的{}", role.label_zh()),
            None => format!("{}部门的{}", role.department().label_zh(), role.label_zh()),
        },
        None => "系统运维人员".to_owned(),
    }
}

/// What was looked at, by the fields of the record.
fn what(fields: &str, case_reason: Option<&str>, looked: &Looked<'_>) -> String {
    let whom = looked.whom;
    if let Some(code) = case_reason {
        let known = REASONS.iter().find(|(known, ..)| *known == code).map(|(_, zh, _)| *zh);
        let reason = if code == REQUEST { Some("本人请求") } else { known };
        return format!("在审计案件（{}）中核查了关于{whom}的访问记录", reason.unwrap_or(code));
    }
    if let Some(act) = fields.strip_prefix("Mutation.") {
        let name = act.split(':').next().unwrap_or_default();
        return format!("办理了关于{whom}的“{}”", acts::label_zh(name).unwrap_or(name));
    }
    if fields.is_empty() && Role::parse(&looked.internal.role).is_none() {
        // What an operator does about somebody: of a look at accesses the record names fields.
        return format!("办理了{whom}的身份关联等登记事项");
    }
    let mut named: Vec<Named> = fields.split(' ').filter_map(named).collect();
    // As the catalogue has them, and who somebody is before what is on file.
    named.sort_by_key(|one| (!one.is_person, one.field.map(|field| field.id)));
    let mut parts = Vec::new();
    for (level, verb, note) in [
        (Level::Full, "查看了", ""),
        (Level::Masked, "查看了", "（脱敏）"),
        (Level::Predicate, "核实了", "（仅是或否）"),
        (Level::None, "要求查看未共享的", ""),
    ] {
        let of_level = named.iter().filter(|one| one.level == level && one.field.is_some());
        if let Some(list) = list(of_level, whom) {
            parts.push(format!("{verb}{list}{note}"));
        }
    }
    let rows = named.iter().filter(|one| one.field.is_none()).map(|one| one.kind_zh);
    let rows = words::enumerate(rows, MOST);
    if !rows.is_empty() {
        parts.push(format!("查询了有无{whom}的{rows}"));
    }
    if fields.split(' ').any(|entry| entry.starts_with("BreakGlassEvent.")) {
        parts.push(format!("查看了关于{whom}的紧急访问"));
    }
    if fields.split(' ').any(|entry| entry.starts_with("SubjectRequest.")) {
        parts.push(format!("查看了{whom}的个人信息请求"));
    }
    match parts.is_empty() {
        true => format!("查询了与{whom}有关的记录"),
        false => parts.join("，"),
    }
}

/// The names of fields, those of one kind together.
fn list<'n>(of_level: impl Iterator<Item = &'n Named>, whom: &str) -> Option<String> {
    let mut kinds: Vec<(&'static str, bool, Vec<&'static str>)> = Vec::new();
    for one in of_level {
        let Some(field) = one.field else { continue };
        let place = kinds.iter().position(|(kind, ..)| *kind == one.kind_zh).unwrap_or_else(|| {
            kinds.push((one.kind_zh, one.is_person, Vec::new()));
            kinds.len() - 1
        });
        kinds[place].2.push(field.spec.label_zh);
    }
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|(kind, is_person, fields)| {
            let fields = words::enumerate(fields, MOST);
            if is_person { fields } else { format!("{kind}中的{fields}") }
        })
        .collect();
    (!parts.is_empty()).then(|| format!("{whom}的{}", parts.join("、")))
}

/// An entry of a record, where it is of the catalogue.
fn named(entry: &str) -> Option<Named> {
    let (path, level) = entry.rsplit_once(':')?;
    let level = Level::parse(level)?;
    let (kind, member) = path.split_once('.').unwrap_or((path, "id"));
    let kind = catalogue().kind_named(kind)?;
    let field = catalogue().field_named(kind.id, member);
    Some(Named { kind_zh: kind.label_zh, is_person: kind.is_person(), field, level })
}

/// The laws of the grants by which the fields were decided on the day.
fn laws(
    grants: &GrantSet,
    role: Option<Role>,
    purpose: Option<Purpose>,
    fields: &str,
    internal: &Internal,
    at: DateTime<Utc>,
) -> Vec<std::sync::Arc<LegalBasis>> {
    let (Some(role), Some(purpose)) = (role, purpose) else { return Vec::new() };
    let in_force = || {
        let begun = grants.of(role, purpose).filter(|grant| grant.valid_from <= at);
        begun.filter(|grant| grant.version <= internal.grants_version)
    };
    let law_of = |target: &Target| {
        let of_target = in_force().filter(|grant| grant.target == *target);
        let latest = of_target.max_by_key(|grant| grant.version);
        latest.filter(|grant| grant.level != Level::None).map(|grant| grant.basis.clone())
    };
    let mut laws = Vec::new();
    let named: Vec<Named> = fields.split(' ').filter_map(named).collect();
    for one in named.iter().filter(|one| one.level != Level::None) {
        let Some(field) = one.field else { continue };
        let law = law_of(&Target::Field(field.path()))
            .or_else(|| law_of(&Target::Group(field.spec.group)));
        laws.extend(law.filter(|law| !laws.contains(law)));
    }
    if laws.is_empty() {
        // Acts, and questions whether there is a row: by what the purpose rests on.
        let latest = in_force().filter(|grant| grant.level != Level::None);
        laws.extend(latest.max_by_key(|grant| grant.version).map(|grant| grant.basis.clone()));
    }
    laws
}
