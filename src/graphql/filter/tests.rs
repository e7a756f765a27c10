use async_graphql_value::Value as Argument;

use super::{DocumentFilter, Filter, Input, Member, Quantifier, document};
use crate::{
    catalogue::{Kind, catalogue},
    graphql::root_field::RootField,
};

fn persons() -> &'static Kind {
    catalogue().kind_named("Person").unwrap()
}

/// A filter as a document has it.
fn written(filter: &str) -> Argument {
    let query = format!("{{ persons(where: {filter}) {{ nodes {{ id }} }} }}");
    let document = async_graphql::parser::parse_query(query).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    let selection = &operation.node.selection_set.node.items[0].node;
    let async_graphql::parser::types::Selection::Field(field) = selection else { panic!() };
    field.node.arguments[0].1.node.clone()
}

/// Variables with the types of their places, operands with theirs, and the names of fields and
/// relations, in the order of the document.
fn seen(filter: &DocumentFilter<'_>, all: &mut Vec<String>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| seen(part, all)),
        Filter::Not(inner) => seen(inner, all),
        Filter::Ids(ids) => all.push(format!("id {}", ids.ty)),
        Filter::Field { field, comparisons } => {
            all.push(field.spec.name.to_owned());
            all.extend(comparisons.iter().map(|comparison| comparison.ty.to_string()));
        }
        Filter::Through { relation, quantified } => {
            all.push(relation.name.to_owned());
            quantified.iter().for_each(|(_, inner)| seen(inner, all));
        }
        Filter::Variable(hole) => all.push(format!("${} {}", hole.variable, hole.ty)),
    }
}

fn assert_seen(filter: &str, expected: &[&str]) {
    let written = written(filter);
    let mut all = Vec::new();
    seen(&document(persons(), &written), &mut all);
    assert_eq!(all, expected, "{filter}");
}

#[test]
fn a_variable_of_a_document_stands_at_a_place_of_a_type() {
    assert_seen("$w", &["$w PersonWhere"]);
    assert_seen(
        "{ and: $a, or: [$o], not: $n }",
        &["$a [PersonWhere!]", "$o PersonWhere!", "$n PersonWhere"],
    );
    assert_seen("{ id: $i, name: $f }", &["$i IdFilter", "$f StringFilter", "name"]);
    assert_seen("{ residences: $r }", &["$r ResidenceRegistrationSome", "residences"]);
    let some = "{ residences: { some: $s, none: { arrivalDate: { lt: $d } } } }";
    let stands = ["residences", "$s ResidenceRegistrationWhere", "arrivalDate", "Date"];
    assert_seen(some, &stands);
}

#[test]
fn an_operand_of_a_document_is_of_the_type_that_its_operator_takes() {
    let operators = "{ name: { eq: $a, in: [$b], isNull: $c }, id: { in: $d } }";
    assert_seen(operators, &["name", "String", "[String!]", "Boolean", "id [ID!]"]);
}

/// What is wrong is left to validation, and what is right beside it is seen.
#[test]
fn a_part_of_a_document_that_is_wrong_hides_no_other() {
    assert_seen(
        "{ nothing: 1, phone: null, name: 3, and: [5, { sex: { like: 1 } }] }",
        &["phone", "name", "sex"],
    );
    assert_seen("7", &[]);
}

#[test]
fn every_name_of_the_grammar_stands_for_what_has_it() {
    for kind in catalogue().kinds() {
        let fields = catalogue().fields_of(kind.id).map(Member::Field);
        let relations = kind.relations.iter().map(Member::Through);
        for member in Member::OF_ALL.into_iter().chain(fields).chain(relations) {
            let found = Member::named(kind, member.name()).unwrap();
            assert_eq!(format!("{found:?}"), format!("{member:?}"));
        }
        let inputs = [Input::Where, Input::Some, Input::OrderBy, Input::Dimension];
        for input in inputs.map(|of| of(kind)) {
            let found = Input::of_kind(&input.to_string()).unwrap();
            assert_eq!(format!("{found:?}"), format!("{input:?}"));
        }
        let roots = [RootField::One, RootField::Many, RootField::Stats];
        for root in roots.map(|of| of(kind)) {
            let found = RootField::named(&root.name()).unwrap();
            assert_eq!(format!("{found:?}"), format!("{root:?}"));
        }
    }
    for quantifier in Quantifier::ALL {
        assert_eq!(Quantifier::named(quantifier.name()), Some(quantifier));
    }
}
