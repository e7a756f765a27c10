//! Every document of every field, asked by every role for every purpose of its own.

use std::{collections::HashMap, sync::Arc};

use entity::sharing::Class;
use futures_util::{StreamExt, stream};
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    catalogue::{Field, catalogue},
    graphql::ids::Identifiers,
    policy::{Purpose, Role},
};
use serde_json::json;

use super::{
    documents::{Document, Form, documents},
    oracle::{Oracle, Place, fits},
};
use crate::support::{
    Backend, CALLERS, World, ask, ask_with, backends, caller, code, demo_request,
};

/// How many requests of a caller are under way at once: their records share commits.
const AT_ONCE: usize = 4;

/// Of the further forms of documents, each caller asks one of so many, field by field another.
const FURTHER: usize = 8;

/// What came of documents: what was answered, what refused, and what neither as it should be.
#[derive(Default)]
struct Tally {
    answered: usize,
    refused: usize,
    wrong: Vec<String>,
}

/// One role with one purpose.
struct Asker {
    place: usize,
    caller: Caller,
    oracle: Oracle,
    identifiers: HashMap<&'static str, String>,
}

impl Asker {
    async fn new(world: &World, gateway: &Gateway, place: usize) -> Asker {
        let (role, purpose) = CALLERS[place];
        let caller = caller(role, purpose);
        let made = Identifiers::new(&world.secrets, role.department());
        let mut identifiers = HashMap::new();
        for kind in catalogue().kinds() {
            // Of a row the caller sees, or else one that only looks right.
            let query = format!("{{ {}(first: 1) {{ nodes {{ id }} }} }}", kind.plural);
            let answer = ask(gateway, &caller, &query).await;
            let seen = answer["data"][kind.plural]["nodes"][0]["id"].as_str();
            identifiers
                .insert(kind.name, seen.map_or_else(|| made.id(kind.name, 1), str::to_owned));
        }
        Asker { place, caller, oracle: Oracle::of(role, purpose), identifiers }
    }

    /// Whether a document is to be answered.
    fn may(&self, field: &Field, document: &Document) -> bool {
        self.oracle.may(field, document.place)
            && document.through.iter().all(|kind| self.oracle.shows(catalogue().kind(*kind)))
            && !(document.place == Place::Counted
                && is_counted_from_prefecture(field, &self.caller))
    }

    /// Asks; gives whether there was an answer, or what is wrong with it.
    async fn check(&self, gateway: &Gateway, document: Document) -> Result<bool, String> {
        let field = catalogue().field(document.field);
        let is_open = self.may(field, &document);
        let Document { query, variables, place, .. } = document;
        let answer = ask_with(gateway, &self.caller, &query, variables.clone()).await;
        let is_right = match (is_open, code(&answer)) {
            (true, code) => code.is_none() && answer["data"].is_object(),
            (false, Some("FIELD_NOT_SHARED")) => answer.get("data").is_none(),
            (false, Some("GRAPHQL_VALIDATION_FAILED" | "BAD_USER_INPUT")) => {
                !fits(field, place) && answer.get("data").is_none()
            }
            (false, _) => false,
        };
        if is_right {
            return Ok(is_open);
        }
        let expected = if is_open { "an answer" } else { "FIELD_NOT_SHARED" };
        let (role, purpose) = (self.caller.role, self.caller.purposes[0]);
        let path = field.path();
        Err(format!(
            "{role} {purpose} {path} {place:?}: {expected} expected\n{query}\n{variables}\n{answer}"
        ))
    }

    async fn ask(
        self: Arc<Self>,
        gateway: Arc<Gateway>,
        wanted: fn(&Document, usize) -> bool,
        of_log: bool,
    ) -> Tally {
        let mut cases = Vec::new();
        for (turn, field) in catalogue().fields().iter().enumerate() {
            let id = &self.identifiers[catalogue().kind(field.kind).name];
            let of_field = documents(field, id).into_iter().enumerate();
            cases.extend(of_field.filter_map(|(form, document)| {
                let is_wanted = wanted(&document, self.place + turn + form);
                let is_of_log = document.query.contains("accessEvent");
                (is_wanted && is_of_log == of_log).then_some(document)
            }));
        }
        let mut results = stream::iter(cases)
            .map(|document| self.check(&gateway, document))
            .buffer_unordered(AT_ONCE);
        let mut tally = Tally::default();
        while let Some(result) = results.next().await {
            match result {
                Ok(true) => tally.answered += 1,
                Ok(false) => tally.refused += 1,
                Err(wrong) => tally.wrong.push(wrong),
            }
        }
        tally
    }
}

/// Whether a count would tell of specially protected data below a prefecture: that is refused.
pub fn is_counted_from_prefecture(field: &Field, caller: &Caller) -> bool {
    let is_protected = field.spec.class == Class::C4
        || catalogue().kind(field.kind).group.is_specially_protected();
    let is_county = demo_request(caller.role).unit == "220102";
    is_protected && is_county
}

/// Asks the wanted documents of everybody. Those about the access log go first, while it is short.
async fn everybody_asks(backend: Backend, wanted: fn(&Document, usize) -> bool) -> Tally {
    let world = World::new(backend).await;
    let gateway = world.gateway().await;
    let mut askers = Vec::new();
    for place in 0..CALLERS.len() {
        askers.push(Arc::new(Asker::new(&world, &gateway, place).await));
    }
    let mut all = Tally::default();
    for of_log in [true, false] {
        let tasks: Vec<_> = askers
            .iter()
            .map(|asker| tokio::spawn(asker.clone().ask(gateway.clone(), wanted, of_log)))
            .collect();
        for task in tasks {
            let tally = task.await.expect("the requests end");
            all.answered += tally.answered;
            all.refused += tally.refused;
            all.wrong.extend(tally.wrong);
        }
    }
    all
}

fn assert_right(Tally { answered, refused, wrong }: Tally) {
    let shown = wrong.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {answered} + {refused} documents:\n{shown}", wrong.len());
    assert!(answered > 5_000 && refused > 20_000, "{answered} answered, {refused} refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_is_answered_of_every_field_at_every_position_as_the_matrix_says() {
    let wanted = |document: &Document, turn: usize| {
        document.form != Form::Other || turn.is_multiple_of(FURTHER)
    };
    let tally = everybody_asks(Backend::Sqlite, wanted).await;
    assert_right(tally);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix_holds_on_postgresql_for_selections_filters_relations_and_orders() {
    const TEST: &str = "the_matrix_holds_on_postgresql";
    if !backends(TEST).contains(&Backend::Postgres) {
        return;
    }
    let wanted = |document: &Document, _| {
        document.place != Place::Counted
            && matches!(document.form, Form::Plain | Form::ThroughRelation)
    };
    let tally = everybody_asks(Backend::Postgres, wanted).await;
    assert_right(tally);
}

#[tokio::test]
async fn an_order_in_a_variable_is_refused_in_the_same_words_as_in_the_document() {
    let world = World::new(Backend::Sqlite).await;
    let gateway = world.gateway().await;
    // Under P-RES a grid worker sees residences, and may order them by nothing.
    let caller = caller(Role::GG, Purpose::Ref);
    let literal = "{ residenceRegistrations(orderBy: [{ arrivalDate: ASC }]) { nodes { id } } }";
    let variable = "query ($o: [ResidenceRegistrationOrderBy!]) \
        { residenceRegistrations(orderBy: $o) { nodes { id } } }";
    let given = json!({ "o": [{ "arrivalDate": "ASC" }] });
    let (in_document, in_variable) =
        (ask(&gateway, &caller, literal).await, ask_with(&gateway, &caller, variable, given).await);
    assert_eq!(code(&in_document), Some("FIELD_NOT_SHARED"), "{in_document}");
    assert_eq!(code(&in_variable), Some("FIELD_NOT_SHARED"), "{in_variable}");
}
