//! The names that introspection gives out: exactly those that the matrix opens.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    sharing::{Mask, Type},
    structure,
};
use migrant_gateway::{
    catalogue::{Field, Kind, catalogue},
    policy::Purpose,
};
use serde_json::Value;

use super::oracle::{Openness, Oracle, Place};
use crate::support::{Backend, CALLERS, World, ask, caller};

const INTROSPECTION: &str = "{ __schema { types { name \
    fields(includeDeprecated: true) { name args { name } } inputFields { name } \
    enumValues(includeDeprecated: true) { name } } } }";

/// Types that every schema has, whoever asks.
const COMMON: [&str; 32] = [
    "Boolean",
    "BooleanFilter",
    "Code",
    "CodeFilter",
    "CodeList",
    "CodeListEntry",
    "Date",
    "DateFilter",
    "DateTime",
    "DateTimeFilter",
    "Direction",
    "Entitlement",
    "Float",
    "ID",
    "IdFilter",
    "Int",
    "IntFilter",
    "Money",
    "Rate",
    "Node",
    "PageInfo",
    "Rule",
    "SchemaChange",
    "SchemaState",
    "SharedField",
    "String",
    "StringFilter",
    "VolumeLimit",
    "WithheldField",
    "Year",
    "YearMonth",
    "YearQuarter",
];

/// What lists of work, a person's own view, notices and requests bring along: which role has which of them is
/// no matter of cells, and has tests of its own (`worklists::rights`, `me`, `access::surface`).
const BESIDE: [&str; 17] = [
    "AccessAccount",
    "AccessRequestReceipt",
    "ConsentAccount",
    "ConsentChoice",
    "EmergencyAccount",
    "Me",
    "PartialDate",
    "RecordEntry",
    "RecordSection",
    "ResidenceNoticeReceipt",
    "ServiceAccount",
    "SharedGroup",
    "SharingAccount",
    "SubjectRequest",
    "SubjectRequestKind",
    "WaitingNotice",
    "me",
];

/// Whether a type, or a member of the roots, is one of those.
fn is_beside(name: &str) -> bool {
    let acts = ["SubjectRequest(", "ResidenceNotice(", "subjectRequests(", "requestAccess("];
    BESIDE.contains(&name)
        || name.to_ascii_lowercase().starts_with("worklist")
        || acts.iter().any(|act| name.contains(act))
}

/// Names of types with the names of their members; a member with arguments carries theirs.
type Names = BTreeMap<String, BTreeSet<String>>;

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

fn member(value: &Value) -> String {
    let arguments: BTreeSet<&str> =
        value["args"].as_array().into_iter().flatten().map(name).collect();
    with_arguments(name(value), arguments)
}

fn with_arguments<'a>(member: &str, arguments: impl IntoIterator<Item = &'a str>) -> String {
    let sorted: Vec<&str> = BTreeSet::from_iter(arguments).into_iter().collect();
    if sorted.is_empty() { member.to_owned() } else { format!("{member}({})", sorted.join(" ")) }
}

fn given_out(answer: &Value) -> Names {
    let types = answer["data"]["__schema"]["types"].as_array().expect("types");
    let mut names: Names = types
        .iter()
        .map(|ty| {
            let members = ["fields", "inputFields", "enumValues"]
                .into_iter()
                .flat_map(|part| ty[part].as_array().into_iter().flatten().map(member));
            (name(ty).to_owned(), members.collect())
        })
        .collect();
    names.retain(|name, _| !name.starts_with("__"));
    names
}

/// The names that the matrix opens, but for those of types common to all.
struct Expected<'o> {
    oracle: &'o Oracle,
    names: Names,
}

impl Expected<'_> {
    fn add<'a>(&mut self, ty: String, members: impl IntoIterator<Item = &'a str>) {
        self.names.entry(ty).or_default().extend(members.into_iter().map(str::to_owned));
    }

    fn at(&self, kind: &Kind, place: Place) -> Vec<&'static str> {
        let fields = catalogue().fields_of(kind.id);
        fields.filter(|field| self.oracle.may(field, place)).map(|field| field.spec.name).collect()
    }

    /// The labels beside the fields that show codes: by their type, or because a mask leaves a code.
    fn labels(&self, kind: &Kind) -> Vec<String> {
        let shows_codes = |field: &&Field| {
            let is_masked = self.oracle.field(field) == Openness::Masked;
            let leaves_code = matches!(
                self.oracle.mask(field),
                Mask::Coarser(_) | Mask::OrganizationKind(_) | Mask::StreetOf(_) | Mask::AgeBand
            );
            matches!(field.spec.ty, Type::Code | Type::Codes) || is_masked && leaves_code
        };
        let fields = catalogue().fields_of(kind.id);
        fields
            .filter(|field| self.oracle.may(field, Place::Selected))
            .filter(shows_codes)
            .flat_map(|field| labels_of(field.spec.name))
            .collect()
    }

    /// A list with its arguments.
    fn list(&self, member: &str, kind: &Kind, more: &[&'static str]) -> String {
        let order = (!self.at(kind, Place::Ordered).is_empty()).then_some("orderBy");
        with_arguments(
            member,
            ["where", "first"].into_iter().chain(order).chain(more.iter().copied()),
        )
    }

    fn kind(&mut self, kind: &Kind) {
        let query = [
            format!("{}(id)", kind.single),
            self.list(kind.plural, kind, &["after", "before", "last"]),
        ];
        self.add("Query".to_owned(), query.iter().map(String::as_str));
        let (mut members, mut conditions) = (vec!["id".to_owned()], Vec::new());
        for relation in &kind.relations {
            let target = catalogue().kind(relation.target);
            if self.oracle.shows(target) {
                conditions.push(relation.name);
                members.push(if relation.many {
                    self.list(relation.name, target, &[])
                } else {
                    relation.name.to_owned()
                });
                if relation.many {
                    let pages = format!("{}Connection", relation.name);
                    members.push(self.list(&pages, target, &["after", "before", "last"]));
                    self.add(format!("{}Some", target.name), ["some", "none", "every"]);
                }
            }
        }
        self.add(kind.name.to_owned(), members.iter().map(String::as_str));
        self.add(kind.name.to_owned(), self.at(kind, Place::Selected));
        let labels = self.labels(kind);
        self.add(kind.name.to_owned(), labels.iter().map(String::as_str));
        self.add(format!("{}Connection", kind.name), ["nodes", "edges", "pageInfo", "totalCount"]);
        self.add(format!("{}Edge", kind.name), ["cursor", "node"]);
        let filter = format!("{}Where", kind.name);
        self.add(filter.clone(), ["and", "or", "not", "id"].into_iter().chain(conditions));
        self.add(filter, self.at(kind, Place::Filtered));
        let ordered = self.at(kind, Place::Ordered);
        if !ordered.is_empty() {
            self.add(format!("{}OrderBy", kind.name), ordered);
        }
    }

    fn counts(&mut self, kind: &Kind) {
        let counted = self.at(kind, Place::Counted);
        if !counted.is_empty() {
            let root = format!("{}Stats(groupBy)", kind.single);
            self.add("Query".to_owned(), [root.as_str()]);
            self.add(format!("{}Dimension", kind.name), counted.clone());
            let cell = ["count", "suppressed"].into_iter().chain(counted);
            self.add(format!("{}Count", kind.name), cell);
            let labels: Vec<String> = catalogue()
                .fields_of(kind.id)
                .filter(|field| field.spec.ty == Type::Code)
                .filter(|field| self.oracle.may(field, Place::Counted))
                .flat_map(|field| labels_of(field.spec.name))
                .collect();
            self.add(format!("{}Count", kind.name), labels.iter().map(String::as_str));
        }
    }

    fn structures(&mut self) {
        for structured in structure::ALL {
            let is_used = catalogue().fields().iter().any(|field| {
                field.spec.ty.structure() == Some(structured)
                    && self.oracle.may(field, Place::Selected)
            });
            if is_used {
                let members = structured.members.iter().map(|(name, _)| *name);
                self.add(structured.name.to_owned(), members);
                let coded = structured.members.iter().filter(|(_, ty)| *ty == Type::Code);
                let labels: Vec<String> = coded.flat_map(|(name, _)| labels_of(name)).collect();
                self.add(structured.name.to_owned(), labels.iter().map(String::as_str));
            }
        }
    }
}

/// The names of the labels of a code, in Chinese and English.
fn labels_of(name: &str) -> [String; 2] {
    [format!("{name}Label"), format!("{name}LabelEn")]
}

/// What a role may do for a purpose, and what it sees of emergency accesses.
fn done(expected: &mut Expected<'_>, role: &str, purpose: &str) {
    const TIMES: [&str; 3] = ["openedAt", "expiresAt", "closedAt"];
    const REASON: [&str; 2] = ["reasonCode", "reasonLabelZh"];
    if matches!(
        (role, purpose),
        ("HC", "P-HR") | ("HM", "P-MCH") | ("HP", "P-SMD") | ("HE", "P-EMA")
    ) {
        let acts = ["closeToGuardians(fieldGroup personId reason until)"];
        let acts = acts.into_iter().chain(["reopenToGuardians(fieldGroup personId)"]);
        expected.add("Mutation".to_owned(), acts);
        let closing = ["personId", "fieldGroup", "closedAt", "validUntil", "reopenedAt"];
        expected.add("GuardianClosing".to_owned(), closing);
        return;
    }
    let (acts, lists, event): (&[&str], &[&str], &[&str]) = match (role, purpose) {
        ("SU", "P-SAR") => (
            &[
                "giveConsent(expiresAt fieldGroup personId purpose recipientDepartment)",
                "withdrawConsent(id)",
            ],
            &["breakGlassEvents(first)"],
            &["organization", "reviewedAt", "verdict"],
        ),
        ("HE" | "HC" | "HP", "P-ETR") => (
            &["openBreakGlass(idNumber personId reasonCode reasonText)", "closeBreakGlass(id)"],
            &[],
            &["id", "personId"],
        ),
        ("HO", "P-EMA") | ("DP", "P-AUD") => (
            &["reviewBreakGlass(id note verdict)"],
            &["breakGlassEvents(first unreviewed)"],
            &[
                "id",
                "personRef",
                "openedBy",
                "role",
                "organization",
                "reasonText",
                "reviewedAt",
                "reviewer",
                "reviewFlag",
                "verdict",
                "note",
            ],
        ),
        _ => return,
    };
    expected.add("Mutation".to_owned(), acts.iter().copied());
    expected.add("Query".to_owned(), lists.iter().copied());
    let event = event.iter().copied().chain(TIMES).chain(REASON);
    expected.add("BreakGlassEvent".to_owned(), event);
    if role == "SU" {
        let receipt = ["id", "recipientDepartment", "purpose", "fieldGroup", "givenAt"];
        let receipt = receipt.into_iter().chain(["expiresAt", "withdrawnAt"]);
        expected.add("ConsentReceipt".to_owned(), receipt);
    }
    if purpose == "P-ETR" {
        let reasons = ["UNCONSCIOUS", "RESUSCITATION", "ACUTE_POISONING", "SEVERE_TRAUMA"];
        let reasons = reasons.into_iter().chain(["ACUTE_PSYCHIATRIC_EMERGENCY", "OTHER"]);
        expected.add("BreakGlassReason".to_owned(), reasons);
    }
    if ["P-EMA", "P-AUD"].contains(&purpose) {
        expected.add("BreakGlassVerdict".to_owned(), ["JUSTIFIED", "UNJUSTIFIED"]);
    }
}

fn opened(oracle: &Oracle, purpose: Purpose) -> Names {
    let mut expected = Expected { oracle, names: Names::new() };
    expected.add(
        "Query".to_owned(),
        [
            "codeList(name)",
            "codeLists",
            "entitlement(kind)",
            "node(id)",
            "nodes(ids)",
            "rules",
            "schemaChanges(since)",
        ],
    );
    done(&mut expected, oracle.role, purpose.code());
    for kind in catalogue().kinds() {
        if oracle.shows(kind) {
            expected.kind(kind);
        }
        expected.counts(kind);
    }
    expected.structures();
    expected.names
}

#[tokio::test]
async fn introspection_gives_out_exactly_the_names_that_the_matrix_opens() {
    let world = World::new(Backend::Sqlite).await;
    let gateway = world.gateway().await;
    for (role, purpose) in CALLERS.iter().copied() {
        let answer = ask(&gateway, &caller(role, purpose), INTROSPECTION).await;
        let mut names = given_out(&answer);
        names.retain(|name, _| !COMMON.contains(&name.as_str()) && !is_beside(name));
        for root in ["Query", "Mutation"] {
            if let Some(members) = names.get_mut(root) {
                members.retain(|member| !is_beside(member));
            }
        }
        names.retain(|name, members| name != "Mutation" || !members.is_empty());
        assert_eq!(names, opened(&Oracle::of(role, purpose), purpose), "{role} {purpose}");
    }
}

#[tokio::test]
async fn the_entitlement_lists_exactly_the_fields_that_the_matrix_opens() {
    let world = World::new(Backend::Sqlite).await;
    let gateway = world.gateway().await;
    let query = "{ entitlement { shared { kind field filterable orderable } } }";
    for (role, purpose) in CALLERS.iter().copied() {
        let oracle = Oracle::of(role, purpose);
        let answer = ask(&gateway, &caller(role, purpose), query).await;
        let expected: Vec<Value> = catalogue()
            .fields()
            .iter()
            .filter(|field| oracle.may(field, Place::Selected))
            .map(|field| {
                serde_json::json!({
                    "kind": catalogue().kind(field.kind).name,
                    "field": field.spec.name,
                    "filterable": oracle.may(field, Place::Filtered),
                    "orderable": oracle.may(field, Place::Ordered),
                })
            })
            .collect();
        assert_eq!(
            answer["data"]["entitlement"]["shared"],
            Value::from(expected),
            "{role} {purpose}"
        );
    }
}
