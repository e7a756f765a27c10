//! Random questions about one kind, generated from what a permit may ask.

use migrant_gateway::{
    catalogue::{Kind, catalogue},
    policy::{Permit, Position},
};
use proptest::{
    prelude::*,
    sample::select,
    strategy::{BoxedStrategy, Union},
};

use super::menu::{Values, literal, names, relations, selections, shown};

/// Texts that mean something to SQL, JSON or LIKE, and none of it to a filter.
pub const TRICKY: [&str; 11] =
    ["", "%", "_", "'", "\\", "\"", "张_%", "O'张\\", "😀", "\u{301}", "a\nb;--"];

/// How deep filters nest.
pub const DEPTH: usize = 3;

/// Any question a permit may ask.
pub fn question(permit: &Permit, values: &Values) -> BoxedStrategy<String> {
    let kinds = shown(permit).into_iter().filter(|kind| kind.name != "AccessEvent");
    Union::new(kinds.map(|kind| list(permit, values, kind))).boxed()
}

fn list(permit: &Permit, values: &Values, kind: &'static Kind) -> BoxedStrategy<String> {
    let filter = prop::option::weighted(0.8, filter(permit, values, kind, DEPTH));
    let plural = kind.plural;
    let selected = select(selections(permit, kind));
    (filter, order(permit, kind), selected, any::<bool>(), 0..60_usize)
        .prop_map(move |(filter, order, fields, backward, size)| {
            let filter = filter.map_or(String::new(), |filter| format!("where: {filter}, "));
            let end = if backward { "last" } else { "first" };
            format!(
                "{{ {plural}({filter}{order}{end}: {size}) {{ totalCount pageInfo {{ hasNextPage \
                 hasPreviousPage startCursor endCursor }} nodes {{ id {fields} }} }} }}"
            )
        })
        .boxed()
}

/// `orderBy` of up to three keys, or nothing.
pub fn order(permit: &Permit, kind: &Kind) -> BoxedStrategy<String> {
    let names = names(permit, kind, Position::Order);
    if names.is_empty() {
        return Just(String::new()).boxed();
    }
    let key = (select(names), select(vec!["ASC", "DESC"]))
        .prop_map(|(name, way)| format!("{{ {name}: {way} }}"));
    prop::collection::vec(key, 0..=3)
        .prop_map(|keys| format!("orderBy: [{}], ", keys.join(", ")))
        .boxed()
}

pub fn filter(
    permit: &Permit,
    values: &Values,
    kind: &'static Kind,
    depth: usize,
) -> BoxedStrategy<String> {
    let mut leaves: Vec<BoxedStrategy<String>> = vec![Just("{}".to_owned()).boxed()];
    for field in permit.fields_at(kind.id, Position::Filter) {
        leaves.push(select(values.filters(field)).boxed());
        if field.spec.ty == entity::sharing::Type::String {
            let (name, ty) = (field.spec.name, field.spec.ty);
            let operator = select(vec!["eq", "ne", "startsWith", "contains"]);
            let text = (operator, select(TRICKY.to_vec())).prop_map(move |(operator, text)| {
                format!("{{ {name}: {{ {operator}: {} }} }}", literal(ty, text))
            });
            leaves.push(text.boxed());
        }
    }
    if depth == 0 {
        return Union::new(leaves).boxed();
    }
    let leaf = Union::new(leaves);
    let inner = filter(permit, values, kind, depth - 1);
    let joined = (select(vec!["and", "or"]), prop::collection::vec(inner.clone(), 0..4))
        .prop_map(|(joint, parts)| format!("{{ {joint}: [{}] }}", parts.join(", ")));
    let negated = inner.prop_map(|inner| format!("{{ not: {inner} }}"));
    let mut all = vec![(4, leaf.boxed()), (3, joined.boxed()), (2, negated.boxed())];
    for relation in relations(permit, kind) {
        let (name, many) = (relation.name, relation.many);
        let target = catalogue().kind(relation.target);
        if target.name == "AccessEvent" || depth < DEPTH {
            continue;
        }
        let quantifier = select(vec!["some", "none", "every"]);
        let inner = filter(permit, values, target, depth.saturating_sub(2));
        let through = (quantifier, inner).prop_map(move |(quantifier, inner)| {
            if many {
                format!("{{ {name}: {{ {quantifier}: {inner} }} }}")
            } else {
                format!("{{ {name}: {inner} }}")
            }
        });
        all.push((1, through.boxed()));
    }
    Union::new_weighted(all).boxed()
}
