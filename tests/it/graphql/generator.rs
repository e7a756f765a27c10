//! Documents that fit a schema, made from a tape of choices: a shorter tape is a smaller document.

use std::collections::{BTreeMap, BTreeSet};

use migrant_gateway::{
    auth::Caller,
    catalogue::{Field, Kind, catalogue, code_lists::CodeList},
};
use serde_json::Value;

use super::site::Site;
use crate::support::codes;

/// A schema as introspection tells it.
pub struct Schema {
    types: BTreeMap<String, Value>,
    /// An identifier for every kind that has rows.
    ids: BTreeMap<String, String>,
}

const TYPES: &str = "{ __schema { types { name kind enumValues { name } inputFields { name type \
    { ...T } } fields { name type { ...T } args { name type { ...T } } } } } } \
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

impl Schema {
    pub async fn of(site: &Site, caller: &Caller) -> Schema {
        let data = site.data(caller, TYPES).await;
        let types: BTreeMap<String, Value> = data["__schema"]["types"]
            .as_array()
            .expect("types")
            .iter()
            .map(|one| (one["name"].as_str().expect("a name").to_owned(), one.clone()))
            .collect();
        let mut ids = BTreeMap::new();
        for kind in catalogue().kinds().iter().filter(|kind| types.contains_key(kind.name)) {
            let query = format!("{{ {}(first: 1) {{ nodes {{ id }} }} }}", kind.plural);
            let rows = site.nodes(caller, &query).await;
            if let Some(id) = rows.first().and_then(|row| row["id"].as_str()) {
                ids.insert(kind.single.to_owned(), id.to_owned());
            }
        }
        Schema { types, ids }
    }

    fn members(&self, name: &str, list: &str) -> &[Value] {
        self.types[name][list].as_array().map_or(&[], Vec::as_slice)
    }
}

/// The document of a tape.
pub fn document(schema: &Schema, tape: &[u16]) -> String {
    let mut writer = Writer { schema, tape: tape.iter(), fields: 0, codes: None };
    writer.selection("Query", 0)
}

struct Writer<'s, 't> {
    schema: &'s Schema,
    tape: std::slice::Iter<'t, u16>,
    fields: usize,
    /// The list whose codes are texts of the filter that is being written.
    codes: Option<&'static CodeList>,
}

/// The list that a member of a filter is compared with.
fn list_of(filter: &str, member: &str) -> Option<&'static CodeList> {
    let kind = catalogue().kind_named(filter.strip_suffix("Where")?)?;
    let of_kind = |field: &&Field| field.kind == kind.id;
    let field = catalogue().fields().iter().filter(of_kind).find(|it| it.spec.name == member)?;
    field.codes
}

/// The name under all lists and non-nulls, and whether a list is among them.
fn named(ty: &Value) -> (&str, &str, bool) {
    let (mut ty, mut many) = (ty, false);
    while !ty["ofType"].is_null() {
        many |= ty["kind"] == "LIST";
        ty = &ty["ofType"];
    }
    (ty["name"].as_str().expect("a name"), ty["kind"].as_str().expect("a kind"), many)
}

impl<'s> Writer<'s, '_> {
    /// The next choice among so many; the first when the tape has run out.
    fn choose(&mut self, among: usize) -> usize {
        self.tape.next().map_or(0, |choice| usize::from(*choice)) % among.max(1)
    }

    fn pick(&mut self, among: &'s [Value]) -> &'s Value {
        &among[self.choose(among.len())]
    }

    fn selection(&mut self, on: &str, depth: usize) -> String {
        let fields = self.schema.members(on, "fields");
        let wanted = 1 + self.choose(if on == "Query" { 3 } else { 5 });
        let mut seen = BTreeSet::new();
        let mut parts = vec!["__typename".to_owned()];
        for _ in 0..wanted {
            let field = self.pick(fields);
            let name = field["name"].as_str().expect("a name");
            if !seen.insert(name) || self.fields > 60 || self.is_withheld(on, name) {
                continue;
            }
            let (ty, kind, _) = named(&field["type"]);
            if kind == "OBJECT" && depth > 6 {
                continue;
            }
            self.fields += 1;
            let arguments = self.arguments(name, field);
            let alias = if self.choose(9) == 1 {
                format!("{name}_{}: ", self.fields)
            } else {
                String::new()
            };
            let below = match kind {
                "OBJECT" => self.selection(ty, depth + 1),
                "INTERFACE" => self.row(depth + 1),
                _ => String::new(),
            };
            let directive = ["", " @include(if: true)", " @skip(if: false)"][self.choose(3)];
            let field = format!("{alias}{name}{arguments}{directive} {below}");
            parts.push(match self.choose(6) {
                1 => format!("... on {on} {{ {field} }}"),
                _ => field,
            });
        }
        format!("{{ {} }}", parts.join(" "))
    }

    /// What is asked of a row of any kind: something of one kind.
    fn row(&mut self, depth: usize) -> String {
        let schema = self.schema;
        let has_rows = |kind: &&Kind| schema.ids.contains_key(kind.single);
        let kinds: Vec<&Kind> = catalogue().kinds().iter().filter(has_rows).collect();
        if kinds.is_empty() {
            return "{ __typename id }".to_owned();
        }
        let name = kinds[self.choose(kinds.len())].name;
        format!("{{ __typename id ... on {name} {} }}", self.selection(name, depth))
    }

    /// An identifier of a row of any kind.
    fn any_id(&mut self) -> String {
        let schema = self.schema;
        let ids: Vec<&String> = schema.ids.values().collect();
        match ids.as_slice() {
            [] => "\"x\"".to_owned(),
            ids => format!("{:?}", ids[self.choose(ids.len())]),
        }
    }

    /// Roots that a schema offers and rows or values decide of: one record where there is none, counts of
    /// specially protected data below the prefecture, and lists of work that are not counted.
    fn is_withheld(&self, on: &str, name: &str) -> bool {
        let single = catalogue().kinds().iter().any(|kind| kind.single == name);
        let counts = name
            .strip_suffix("Stats")
            .and_then(|single| catalogue().kinds().iter().find(|kind| kind.single == single));
        on == "Query"
            && (name == "worklistCounts"
                || (single && !self.schema.ids.contains_key(name))
                || counts.is_some_and(|kind| kind.group.is_specially_protected()))
    }

    fn arguments(&mut self, field: &str, described: &'s Value) -> String {
        let mut all = Vec::new();
        for argument in described["args"].as_array().expect("arguments") {
            let name = argument["name"].as_str().expect("a name");
            let value = match name {
                "id" if field == "node" => self.any_id(),
                "id" => format!("{:?}", self.schema.ids[field]),
                "ids" => format!("[{}]", self.any_id()),
                "first" => self.choose(20).to_string(),
                "last" | "after" | "before" | "personId" => continue,
                "kind" if field.starts_with("worklist") => {
                    let lists = self.schema.members(named(&argument["type"]).0, "enumValues");
                    self.pick(lists)["name"].as_str().expect("a name").to_owned()
                }
                // What else it takes depends on the list.
                _ if field.starts_with("worklist") => continue,
                "kind" => "\"Person\"".to_owned(),
                "name" if field == "codeList" => "\"sex\"".to_owned(),
                "since" => "\"2025-02-28T01:02:03+08:00\"".to_owned(),
                _ if self.choose(2) == 0 => continue,
                "groupBy" => {
                    let dimensions = self.schema.members(named(&argument["type"]).0, "enumValues");
                    format!("[{}]", self.pick(dimensions)["name"].as_str().expect("a name"))
                }
                "orderBy" => {
                    let keys = self.schema.members(named(&argument["type"]).0, "inputFields");
                    let key = self.pick(keys)["name"].as_str().expect("a name");
                    format!("[{{ {key}: {} }}]", ["ASC", "DESC"][self.choose(2)])
                }
                _ => self.input(&argument["type"], 0),
            };
            all.push(format!("{name}: {value}"));
        }
        if all.is_empty() { String::new() } else { format!("({})", all.join(", ")) }
    }

    /// A value of an input type: at most one member of each object.
    fn input(&mut self, ty: &'s Value, depth: usize) -> String {
        let (name, kind, many) = named(ty);
        let one = match (name, kind) {
            (_, "INPUT_OBJECT") if depth > 5 => "{}".to_owned(),
            (_, "INPUT_OBJECT") => {
                let members = self.schema.members(name, "inputFields");
                let member = self.pick(members);
                match member["name"].as_str().expect("a name") {
                    "id" => "{}".to_owned(),
                    member_name => {
                        if name.ends_with("Where") {
                            self.codes = list_of(name, member_name);
                        }
                        format!("{{ {member_name}: {} }}", self.input(&member["type"], depth + 1))
                    }
                }
            }
            ("Boolean", _) => ["true", "false"][self.choose(2)].to_owned(),
            ("Int", _) => self.choose(9).to_string(),
            ("Date", _) => format!("\"20{:02}-02-28\"", self.choose(30)),
            ("DateTime", _) => format!("\"20{:02}-02-28T01:02:03+08:00\"", self.choose(30)),
            _ => match self.codes {
                Some(list) => format!("{:?}", self.code(list)),
                None => ["\"1\"", "\"2\"", "\"01\"", "\"张\"", "\"\""][self.choose(5)].to_owned(),
            },
        };
        if many { format!("[{one}]") } else { one }
    }

    /// A code of the list: one that it does not have is an error.
    fn code(&mut self, list: &'static CodeList) -> &'static str {
        let codes = codes::of_list(list);
        codes[self.choose(codes.len())]
    }
}
