//! What a permit does not grant, asked for all the same: the refusal too must tell nothing.

use migrant_gateway::{
    catalogue::{Kind, catalogue},
    policy::{Permit, Position},
};

use super::{menu::shown, probes::Probe};

/// What is not granted, each at one place where it could stand.
pub fn not_granted(permit: &Permit, kind: &'static Kind) -> Vec<Probe> {
    let (plural, single) = (kind.plural, kind.single);
    let mut all = Vec::new();
    let mut refused = |text| all.push(Probe { text, then: None, granted: false });
    if !permit.shows_kind(kind.id) {
        refused(format!("{{ {plural} {{ totalCount }} }}"));
        refused(format!("{{ {plural}(where: {{ id: {{ in: [] }} }}) {{ nodes {{ id }} }} }}"));
        if let Some((other, relation)) = leading_to(permit, kind) {
            refused(format!("{{ {other} {{ nodes {{ {relation} {{ id }} }} }} }}"));
            refused(format!(
                "{{ {other}(where: {{ {relation}: {{ some: {{}} }} }}) {{ totalCount }} }}"
            ));
        }
        return all;
    }
    for (place, field) in catalogue().fields_of(kind.id).enumerate() {
        let name = field.spec.name;
        let ways = [
            (Position::Select, format!("{{ {plural} {{ nodes {{ {name} }} }} }}")),
            (
                Position::Filter,
                format!("{{ {plural}(where: {{ {name}: {{ isNull: true }} }}) {{ totalCount }} }}"),
            ),
            (
                Position::Order,
                format!("{{ {plural}(orderBy: [{{ {name}: ASC }}]) {{ nodes {{ id }} }} }}"),
            ),
            (Position::Group, format!("{{ {single}Stats(groupBy: [{name}]) {{ count }} }}")),
        ];
        let open: Vec<String> = ways
            .into_iter()
            .filter(|(position, _)| !permit.may(field, *position))
            .map(|(_, text)| text)
            .collect();
        if !open.is_empty() {
            refused(open[place % open.len()].clone());
        }
    }
    all
}

/// A relation of a shown kind that leads to a kind, and the root field it starts at.
fn leading_to(permit: &Permit, kind: &Kind) -> Option<(&'static str, &'static str)> {
    shown(permit).into_iter().find_map(|other| {
        let relation = other.relations.iter().find(|relation| relation.target == kind.id)?;
        Some((other.plural, relation.name))
    })
}
