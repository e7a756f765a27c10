//! Everything a permit may ask, and what it may not, as documents generated from the permit.

use migrant_gateway::{
    catalogue::{Kind, catalogue},
    policy::{Permit, Position},
};
use serde_json::{Map, Value};

use super::{
    menu::{Values, names, relations, selections, shown},
    refusals::not_granted,
};
use crate::support::demo_request;

/// Fields at the root of one document.
const ROOTS: usize = 10;

/// Asks the whole schema about itself.
const INTROSPECTION: &str = "{ __schema { queryType { name } types { kind name description \
fields { name description args { name type { name ofType { name } } } type { kind name ofType { \
kind name ofType { name } } } } inputFields { name description type { kind name ofType { name } \
} } enumValues { name description } } } }";

const ENTITLEMENT: &str = "{ entitlement { role purpose grantsVersion shared { kind field group \
class level scope mask coversMinors filterable orderable legalBasis } withheld { kind field group \
class level reason law shareCategory requestable } } }";

/// A document, and one more to ask with what it answered.
pub struct Probe {
    pub text: String,
    pub then: Option<Then>,
    /// Whether all of it is granted.
    pub granted: bool,
}

/// The second document; `$v0`, `$v1`, … come from the members `a0`, `a1`, … of the first answer.
pub struct Then {
    pub text: String,
    pointer: &'static str,
}

impl Then {
    pub fn variables(&self, answer: &[u8]) -> Map<String, Value> {
        let data: Value = serde_json::from_slice(answer).expect("answers are JSON");
        (0..ROOTS)
            .filter_map(|place| {
                let value = data.get(format!("a{place}"))?.pointer(self.pointer)?;
                (!value.is_null()).then(|| (format!("v{place}"), value.clone()))
            })
            .collect()
    }
}

/// All probes of a permit.
pub fn probes(permit: &Permit, values: &Values) -> Vec<Probe> {
    let mut all = vec![granted(INTROSPECTION.to_owned()), granted(ENTITLEMENT.to_owned())];
    for kind in shown(permit) {
        rows(permit, kind, &mut all);
        filters(permit, kind, values, &mut all);
        orders(permit, kind, &mut all);
        nested(permit, kind, values, &mut all);
    }
    for kind in catalogue().kinds() {
        counts(permit, kind, &mut all);
        all.extend(not_granted(permit, kind));
    }
    all
}

fn granted(text: String) -> Probe {
    Probe { text, then: None, granted: true }
}

/// Fields at the root, so many to a document.
fn batched(roots: &[String]) -> impl Iterator<Item = Probe> {
    roots.chunks(ROOTS).map(|roots| {
        let roots: Vec<String> =
            roots.iter().enumerate().map(|(place, root)| format!("a{place}: {root}")).collect();
        granted(format!("{{ {} }}", roots.join(" ")))
    })
}

/// Lists with everything that may be selected, and single records.
fn rows(permit: &Permit, kind: &Kind, all: &mut Vec<Probe>) {
    let (single, plural) = (kind.single, kind.plural);
    let page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount";
    all.push(granted(format!("{{ {plural}(first: 500) {{ nodes {{ __typename }} {page} }} }}")));
    for fields in selections(permit, kind) {
        let node = format!("__typename id {fields}");
        all.push(Probe {
            text: format!(
                "{{ a0: {plural}(first: 150) {{ {page} nodes {{ {node} }} }} \
                 a1: {plural}(last: 9) {{ edges {{ cursor node {{ {node} }} }} }} }}"
            ),
            then: Some(Then {
                text: format!(
                    "query($v0: ID!) {{ a0: {single}(id: $v0) {{ {node} }} \
                     a1: node(id: $v0) {{ ... on {} {{ {node} }} }} }}",
                    kind.name
                ),
                pointer: "/nodes/0/id",
            }),
            granted: true,
        });
    }
}

/// Every second operator on every field, beginning now with the first and now with the second, and
/// every way through a relation.
fn filters(permit: &Permit, kind: &'static Kind, values: &Values, all: &mut Vec<Probe>) {
    let plural = kind.plural;
    let root = |filter: &str| {
        format!("{plural}(first: 10, where: {filter}) {{ totalCount nodes {{ id }} }}")
    };
    let mut roots = Vec::new();
    for field in permit.fields_at(kind.id, Position::Filter) {
        let filters = values.filters(field);
        let some = filters.iter().skip(usize::from(field.id.0 % 2)).step_by(2);
        roots.extend(some.map(|filter| root(filter)));
        // Where no value is demanded, a cell that is not shown meets what an absent one meets.
        let some = filters.iter().skip(usize::from(field.id.0 % 3)).step_by(3);
        roots.extend(some.map(|filter| root(&format!("{{ not: {filter} }}"))));
        roots.extend(
            filters.last().map(|last| root(&format!("{{ or: [{}, {last}] }}", filters[0]))),
        );
    }
    for relation in relations(permit, kind) {
        let target = catalogue().kind(relation.target);
        let first = permit.fields_at(target.id, Position::Filter).last();
        let inner = first.map_or("{}".to_owned(), |field| values.filters(field).remove(0));
        let conditions = if relation.many {
            ["some", "none", "every"]
                .into_iter()
                .flat_map(|quantifier| {
                    ["{}", &inner].map(|inner| format!("{{ {quantifier}: {inner} }}"))
                })
                .collect()
        } else {
            vec!["{}".to_owned(), inner]
        };
        for condition in conditions {
            let filter = format!("{{ {}: {condition} }}", relation.name);
            roots.push(root(&filter));
            roots.push(root(&format!("{{ not: {filter} }}")));
        }
    }
    all.extend(batched(&roots));
}

/// Every order, up and down, with a second page.
fn orders(permit: &Permit, kind: &Kind, all: &mut Vec<Probe>) {
    let plural = kind.plural;
    let orders: Vec<String> = names(permit, kind, Position::Order)
        .into_iter()
        .flat_map(|name| ["ASC", "DESC"].map(|way| format!("orderBy: [{{ {name}: {way} }}], ")))
        .chain([String::new()])
        .collect();
    for orders in orders.chunks(ROOTS) {
        let variables: Vec<String> =
            (0..orders.len()).map(|place| format!("$v{place}: String")).collect();
        let roots: Vec<String> = orders
            .iter()
            .enumerate()
            .map(|(place, order)| {
                format!(
                    "a{place}: {plural}({order}first: 7, after: $v{place}) {{ nodes {{ id }} \
                     pageInfo {{ hasNextPage endCursor }} }}"
                )
            })
            .collect();
        let text = format!("query({}) {{ {} }}", variables.join(", "), roots.join(" "));
        let then = Then { text: text.clone(), pointer: "/pageInfo/endCursor" };
        all.push(Probe { text, then: Some(then), granted: true });
    }
}

/// Two levels down every relation, with a filter and an order where there may be one.
fn nested(permit: &Permit, kind: &'static Kind, values: &Values, all: &mut Vec<Probe>) {
    for relation in relations(permit, kind) {
        let target = catalogue().kind(relation.target);
        let mut arguments = vec!["first: 3".to_owned()];
        if let Some(field) = permit.fields_at(target.id, Position::Filter).next() {
            arguments.push(format!("where: {}", values.filters(field).remove(1)));
        }
        if let Some(name) = names(permit, target, Position::Order).first() {
            arguments.push(format!("orderBy: [{{ {name}: DESC }}]"));
        }
        let arguments =
            if relation.many { format!("({})", arguments.join(", ")) } else { String::new() };
        let below: Vec<String> = relations(permit, target)
            .into_iter()
            .map(|relation| format!("{} {{ id }}", relation.name))
            .collect();
        let (plural, name, below) = (kind.plural, relation.name, below.join(" "));
        for fields in selections(permit, target) {
            all.push(granted(format!(
                "{{ {plural}(first: 20) {{ nodes {{ id all: {name} {{ id {fields} }} some: \
                 {name}{arguments} {{ id {below} }} }} }} }}"
            )));
            if relation.many {
                let page = "totalCount pageInfo { hasNextPage endCursor }";
                all.push(granted(format!(
                    "{{ {plural}(first: 20) {{ nodes {{ id all: {name}Connection {{ {page} nodes \
                     {{ id {fields} }} }} some: {name}Connection{arguments} {{ {page} edges \
                     {{ cursor node {{ id {below} }} }} }} }} }} }}"
                )));
            }
        }
    }
}

/// Counts by every dimension, by none and by several.
fn counts(permit: &Permit, kind: &Kind, all: &mut Vec<Probe>) {
    let dimensions = names(permit, kind, Position::Group);
    let Some(first) = dimensions.first() else { return };
    // Below the prefecture, protected data is not counted: that answer too must be the same.
    let spans_counties = demo_request(permit.basis.role).unit.ends_with("0000");
    let granted = spans_counties || !kind.group.is_specially_protected();
    let several: Vec<&str> = dimensions.iter().rev().take(3).copied().collect();
    let mut sets: Vec<String> = dimensions.iter().map(|name| (*name).to_owned()).collect();
    sets.push(String::new());
    sets.push(several.join(", "));
    let single = kind.single;
    let roots: Vec<String> = sets
        .iter()
        .map(|set| {
            let members = if set.is_empty() { first } else { set.as_str() };
            format!("{single}Stats(groupBy: [{set}]) {{ count suppressed {members} }}")
        })
        .collect();
    all.extend(batched(&roots).map(|probe| Probe { granted, ..probe }));
}
