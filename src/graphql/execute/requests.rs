//! Requests of persons: to the person those about itself and its children, to the officer those of its unit.

use async_graphql::Value as GraphqlValue;
use async_graphql_value::Value as Argument;
use serde_json::{Map, Value as Json};

use super::{DisclosedItem, Execution};
use crate::{
    catalogue::{Field, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{
        events::of_instant,
        input::{self, bad_input},
        me::{self, REQUEST, REQUEST_COLUMNS},
        plan::Member,
        shape::project,
        sql::{Closed, Params, literal_text, own_persons},
    },
    read::{Rows, Value},
    rules::age::{AGE_OF_CONSENT, AGE_OF_MAJORITY},
};

/// The kinds and fields that tell of specially protected data, as requests name them.
fn protected_paths() -> String {
    let kinds = catalogue().kinds().iter().filter(|kind| kind.group.is_specially_protected());
    let fields = catalogue().fields().iter().filter(|field| {
        field.spec.group.is_specially_protected()
            || catalogue().kind(field.kind).group.is_specially_protected()
    });
    let paths = kinds.map(|kind| kind.name.to_owned()).chain(fields.map(Field::path));
    paths.map(|path| literal_text(&path)).collect::<Vec<_>>().join(", ")
}

impl Execution<'_> {
    /// Those of the officer's unit, those due first.
    pub(super) async fn requests_of_unit(
        &self,
        out: &mut Vec<u8>,
        members: &[Member],
        open: Option<&Argument>,
        first: Option<&Argument>,
    ) -> Result<()> {
        let open = match self.argument(open) {
            None => None,
            Some(GraphqlValue::Boolean(open)) => Some(open),
            Some(_) => return Err(bad_input("open takes true or false")),
        };
        let first = match self.argument(first) {
            Some(first) => input::page_size(&first, "first", self.limits.page_size)?,
            None => self.limits.default_page_size,
        };
        let mut params = Params::new(self.reader.dialect());
        let (low, high) = self.context.units;
        let low = params.bind(Value::Int(low));
        let high = params.bind(Value::Int(high));
        let state = match open {
            None => "",
            Some(true) => " AND r.closed_at IS NULL",
            Some(false) => " AND r.closed_at IS NOT NULL",
        };
        let condition = format!("r.unit_id BETWEEN {low} AND {high}{state}");
        let most = i64::try_from(first).unwrap_or(i64::MAX);
        let order = "r.due_on, r.id";
        let told = self.requests(members, &condition, order, most, params, true).await?;
        project(&told, members, out);
        Ok(())
    }

    /// Those about a person, where it is the caller or a child of whom nothing is closed; the latest first.
    pub(super) async fn requests_of_person(
        &self,
        members: &[Member],
        of: i64,
        most: i64,
    ) -> Result<Json> {
        let no_person = || GatewayError::new(Code::Internal, "a token without a person");
        let person = self.context.person.ok_or_else(no_person)?;
        let mut params = Params::new(self.reader.dialect());
        let closed = [Closed::Anything];
        let of_age = |age: u32, params: &mut Params| {
            let persons = own_persons(person, age, &closed, self.context, params);
            params.among("r.person_id", &persons)
        };
        let own = of_age(AGE_OF_CONSENT, &mut params);
        // What a guardian asked for a child stays its own to follow until the child is of age, but for what
        // tells of groups that are the child's alone from 14 on.
        let ward = of_age(AGE_OF_MAJORITY, &mut params);
        let filed = params.bind(Value::Int(person));
        let of_person = params.bind(Value::Int(of));
        let condition = format!(
            "r.person_id = {of_person} AND ({own} OR (r.filed_by_person_id = {filed} AND {ward} AND \
             (r.concerns IS NULL OR r.concerns NOT IN ({}))))",
            protected_paths()
        );
        {
            let mut disclosed = self.disclosed.lock();
            disclosed.tested.insert(DisclosedItem::Listed(REQUEST.name, "id"));
            disclosed.asked.push(of);
        }
        self.requests(members, &condition, "r.id DESC", most, params, false).await
    }

    async fn requests(
        &self,
        members: &[Member],
        condition: &str,
        order: &str,
        most: i64,
        mut params: Params,
        is_reviewed: bool,
    ) -> Result<Json> {
        let asked: Vec<&str> = REQUEST_COLUMNS
            .iter()
            .map(|(member, _)| *member)
            .filter(|member| members.iter().any(|asked| asked.name == *member))
            .collect();
        let mut columns: Vec<&str> = Vec::new();
        for (_, of_member) in REQUEST_COLUMNS.iter().filter(|(member, _)| asked.contains(member)) {
            for column in *of_member {
                if !columns.contains(column) {
                    columns.push(column);
                }
            }
        }
        let selected: String = columns.iter().map(|column| format!(", {column}")).collect();
        let most = params.bind(Value::Int(most));
        // A person stands beside its request only where its name is asked for.
        let person = match columns.contains(&"p.name") {
            true => " JOIN person p ON p.id = r.person_id",
            false => "",
        };
        let sql = format!(
            "SELECT r.person_id{selected} FROM subject_request r{person} WHERE {condition} \
             ORDER BY {order} LIMIT {most}"
        );
        let rows = self.select(params.finish(sql)).await?;
        {
            let mut disclosed = self.disclosed.lock();
            disclosed.rows += rows.len() as u64;
            let persons = || (0..rows.len()).filter_map(|row| rows.int(row, 0));
            let told = asked.iter().map(|member| DisclosedItem::Listed(REQUEST.name, member));
            let set = disclosed.set(told.collect());
            disclosed.show(persons(), set);
            if is_reviewed {
                // Whoever answers has to see what waits for an answer.
                disclosed.tally.exempt(persons());
            }
            disclosed.listed.extend(asked.iter().map(|member| (REQUEST.name, *member)));
        }
        let told = (0..rows.len()).map(|row| {
            let cells = columns.iter().zip(1..);
            let cells: Map<String, Json> = cells
                .map(|(column, place)| {
                    let (_, name) = column.split_once('.').unwrap_or(("", column));
                    (name.to_owned(), self.request_cell(name, &rows, row, place))
                })
                .collect();
            me::told_request(&cells, self.context.today)
        });
        Ok(told.collect())
    }

    fn request_cell(&self, name: &str, rows: &Rows, row: usize, place: usize) -> Json {
        let identifiers = self.context.identifiers;
        let key = |kind: &str| rows.int(row, place).map(|key| identifiers.id(kind, key).into());
        let value = match name {
            "id" => key(REQUEST.name),
            "person_id" => key("Person"),
            "due_on" => rows.date_text(row, place).map(Json::from),
            _ if name.ends_with("_at") => rows.instant(row, place).map(of_instant),
            _ => rows.text(row, place).map(Json::from),
        };
        value.unwrap_or_default()
    }
}
