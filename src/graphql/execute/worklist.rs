//! A page of a worklist: stored items in the order of their days, each with its person as the caller sees
//! it, read in one statement.

use async_graphql::Value as GraphqlValue;
use chrono::{Datelike as _, NaiveDate};
use entity::administrative_unit::COUNTY_SPAN;
use serde_json::{Value as Json, json};

use super::{
    DisclosedItem, Execution,
    level::{Level, TABLE},
    list::Chosen,
};
use crate::{
    due::List,
    error::{Code, GatewayError, Result},
    graphql::{
        input::{self, bad_input},
        plan::{
            Arguments, DueMember, ListEdge, ListMember, Node, PageFact, PageItem, WorklistArguments,
        },
        shape::project,
        sql::{Params, RowRules, Scoping, is_crowd},
        worklist::{self, CONNECTION, EDGE, ITEM},
        write,
    },
    policy::{DayShown, UnitShown, Worklist, Works},
    read::{Rows, Value},
    volume::Category,
};

/// The alias of the table of items.
const ITEMS: &str = "i";

/// What is asked of a list, read and checked.
pub(super) struct Asked<'p> {
    pub list: &'p Worklist,
    due_before: Option<NaiveDate>,
    overdue: Option<bool>,
    /// Greatest first.
    descending: bool,
    /// Whether it is ordered by when things are due.
    is_ordered: bool,
    pub first: usize,
    after: Option<Place>,
}

/// Where a page begins: behind an item.
struct Place {
    by: Option<String>,
    person: i64,
    number: i64,
}

/// A page that was read.
pub(super) struct Page {
    pub level: Level,
    pub shown: usize,
    /// The first of the columns of the items.
    pub columns: usize,
}

impl Execution<'_> {
    pub(super) async fn worklist(
        &self,
        out: &mut Vec<u8>,
        arguments: &WorklistArguments,
        node: &Node,
        items: &[ListMember],
    ) -> Result<()> {
        let asked = self.asked_of(arguments)?;
        let page = if asked.list.waits() {
            self.refuse_conditions(arguments)?;
            let page = self.waiting_page(&asked).await?;
            self.see_waiting(&asked, &page, items);
            page
        } else {
            let page = self.due_page(&asked, arguments, node).await?;
            self.see_due(&asked, &page, node, items);
            page
        };
        write::object(out, items, |out, item| match item {
            ListMember::Typename { key } => {
                write::key(out, key);
                write::text(out, CONNECTION);
            }
            ListMember::Nodes { key, items } => {
                write::key(out, key);
                write::list(out, 0..page.shown, |out, row| {
                    self.due(out, items, (&asked, &page), row, node);
                });
            }
            ListMember::Edges { key, items } => {
                write::key(out, key);
                write::list(out, 0..page.shown, |out, row| {
                    write::object(out, items, |out, item| match item {
                        ListEdge::Typename { key } => {
                            write::key(out, key);
                            write::text(out, EDGE);
                        }
                        ListEdge::Cursor { key } => {
                            write::key(out, key);
                            write::text(out, &self.due_cursor(&asked, &page, row));
                        }
                        ListEdge::Node { key, items } => {
                            write::key(out, key);
                            self.due(out, items, (&asked, &page), row, node);
                        }
                    });
                });
            }
            ListMember::PageInfo { key, items } => {
                write::key(out, key);
                write::object(out, items, |out, item| {
                    self.due_page_fact(out, item, &asked, &page);
                });
            }
        });
        Ok(())
    }

    /// The list that an argument names.
    pub(super) fn list_of(&self, arguments: &WorklistArguments) -> Result<&Worklist> {
        let id = match self.argument(arguments.kind.as_ref()) {
            Some(GraphqlValue::Enum(name)) => name.to_string(),
            Some(GraphqlValue::String(name)) => name,
            _ => return Err(bad_input("kind names a worklist of the caller's")),
        };
        let list = worklist::named(self.permit, &id);
        list.ok_or_else(|| bad_input("the caller has no worklist of this kind"))
    }

    fn asked_of(&self, arguments: &WorklistArguments) -> Result<Asked<'_>> {
        let list = self.list_of(arguments)?;
        let due_before = match self.argument(arguments.due_before.as_ref()) {
            None => None,
            Some(_) if list.due == DayShown::Nothing => {
                return Err(bad_input("of this list the caller does not see when things are due"));
            }
            Some(day) => Some(
                input::date(&input::text(&day)?)
                    .ok_or_else(|| bad_input("dueBefore is a day like 2026-03-06"))?,
            ),
        };
        let overdue = match self.argument(arguments.overdue.as_ref()) {
            None => None,
            Some(_) if list.works == Works::ServiceDue => {
                return Err(bad_input("of this list the caller does not see what is overdue"));
            }
            Some(GraphqlValue::Boolean(overdue)) => Some(overdue),
            Some(_) => return Err(bad_input("overdue takes true or false")),
        };
        let is_shown = list.due <= DayShown::Month;
        let (descending, is_ordered) = match self.argument(arguments.order.as_ref()) {
            None => (false, is_shown),
            Some(_) if list.due == DayShown::Nothing => {
                return Err(bad_input("of this list the caller does not see when things are due"));
            }
            Some(order) => (is_descending(&order)?, true),
        };
        let of_persons = &arguments.of_persons;
        let first = match self.argument(of_persons.first.as_ref()) {
            Some(first) => input::page_size(&first, "first", self.limits.page_size)?,
            None => self.limits.default_page_size.min(self.limits.page_size),
        };
        let mut asked =
            Asked { list, due_before, overdue, descending, is_ordered, first, after: None };
        if let Some(cursor) = self.argument(of_persons.after.as_ref()) {
            let place = match &cursor {
                GraphqlValue::String(cursor) => self.place_of(&asked, cursor),
                _ => None,
            };
            asked.after = Some(place.ok_or_else(|| {
                GatewayError::new(
                    Code::CursorInvalid,
                    "not a cursor of this list and order given to this department",
                )
            })?);
        }
        Ok(asked)
    }

    async fn due_page(
        &self,
        asked: &Asked<'_>,
        arguments: &WorklistArguments,
        node: &Node,
    ) -> Result<Page> {
        let unit = self.unit_of(asked.list, arguments).await?;
        let mut params = Params::new(self.reader.dialect());
        let scoping = Scoping { is_keyed: true, ..self.scoping(None) };
        let filtered =
            Arguments { filter: arguments.of_persons.filter.clone(), ..Arguments::default() };
        let Chosen { restriction, rows, by, told_by_page } =
            self.restriction(&filtered, node, &scoping, &mut params, true)?;
        let tested = self.tested(node, &[], by);
        let mut conditions = vec![restriction.condition];
        conditions.push(self.reached(asked.list, &rows, &scoping, node, &mut params));
        let mut cells = self.cells(node, &scoping, &rows, &mut params);
        let columns = cells.width();
        let today = params.bind(Value::Date(self.context.today));
        let from = self.source_of(asked, unit, &today, &mut conditions, &mut params);
        let order = asked.order();
        for column in asked.columns(&today, self.context.today, &mut params) {
            cells.push(column);
        }
        self.tested_cells(&mut cells, &tested, node, (&scoping, &rows), &mut params);
        conditions.extend(asked.beyond(&mut params)?);
        let limit = params.bind(Value::Int(i64::try_from(asked.first + 1).unwrap_or(i64::MAX)));
        let rest = format!(
            "FROM {from}{} WHERE {} ORDER BY {order} LIMIT {limit}",
            restriction.joins,
            conditions.join(" AND "),
        );
        let sql = cells.select(params.dialect(), &rest, true);
        self.ask(node);
        let (read, inquired) =
            futures_util::future::join(self.reader.read(&params.finish(sql)), self.inquire()).await;
        inquired?;
        let rows = read?;
        let mut persons = (0..rows.len()).filter_map(|row| node.person(&rows, row));
        if let Some(filter) = told_by_page.filter(|_| is_crowd(&mut persons)) {
            self.tells_of_crowd(filter);
        }
        let shown = rows.len().min(asked.first);
        self.count(shown)?;
        let below = self.below(node, &rows, 0..shown).await?;
        let level = Level { shown: cells.shown(cells.width()), rows, tested, below };
        Ok(Page { level, shown, columns })
    }

    /// The condition that the grant of a list reaches a person.
    pub(super) fn reached(
        &self,
        list: &Worklist,
        rows: &RowRules,
        scoping: &Scoping<'_>,
        node: &Node,
        params: &mut Params,
    ) -> String {
        let condition = scoping.cell(&list.rule, rows, node.kind, TABLE, params);
        condition.unwrap_or_else(|| "TRUE".to_owned())
    }

    /// The tables that a list is read from, and what holds of their rows besides scopes.
    fn source_of(
        &self,
        asked: &Asked<'_>,
        unit: Option<(i64, i64)>,
        today: &str,
        conditions: &mut Vec<String>,
        params: &mut Params,
    ) -> String {
        let Works::Items(list) = asked.list.works else {
            conditions.extend(unit.map(|unit| within(TABLE, "residence_unit_id", unit, params)));
            conditions.push(is_owed(today));
            return format!("person {TABLE}");
        };
        let list = params.bind(Value::Text(list.code().to_owned()));
        conditions.push(format!("{ITEMS}.list = {list}"));
        conditions.push(match self.context.county() {
            // As the indexes have it.
            Some(county) => {
                let county = params.bind(Value::Int(county));
                format!("{ITEMS}.unit_id / {COUNTY_SPAN} = {county}")
            }
            None => within(ITEMS, "unit_id", self.context.units, params),
        });
        conditions.extend(unit.map(|unit| within(ITEMS, "unit_id", unit, params)));
        conditions.push(is_listed(today));
        if asked.list.withholds {
            conditions.push(format!("NOT {ITEMS}.withheld"));
        }
        conditions.extend(self.bounds_of(asked, today, params));
        format!("due_item {ITEMS} JOIN person {TABLE} ON {TABLE}.id = {ITEMS}.person_id")
    }

    /// What is asked of the days of items: no more than is shown of them.
    pub(super) fn bounds_of(
        &self,
        asked: &Asked<'_>,
        today: &str,
        params: &mut Params,
    ) -> Vec<String> {
        let mut conditions = Vec::new();
        let last = asked.due_before.and_then(|day| day.pred_opt());
        if let Some(end) = last.and_then(|last| worklist::end_of_span(asked.list.due, last)) {
            let end = params.bind(Value::Date(end));
            conditions.push(format!("{ITEMS}.due_on < {end}"));
        }
        if let Some(overdue) = asked.overdue {
            let is_overdue = match overdue_by(asked.list.due, self.context.today) {
                Some(month) => {
                    let month = params.bind(Value::Date(month));
                    format!("{ITEMS}.due_on < {month}")
                }
                None => format!("{ITEMS}.overdue_from <= {today}"),
            };
            conditions.push(if overdue { is_overdue } else { format!("NOT ({is_overdue})") });
        }
        conditions
    }

    /// The span of the unit that is asked for, if one is.
    pub(super) async fn unit_of(
        &self,
        list: &Worklist,
        arguments: &WorklistArguments,
    ) -> Result<Option<(i64, i64)>> {
        let Some(code) = self.argument(arguments.unit.as_ref()) else { return Ok(None) };
        let code = input::text(&code)?;
        let mut params = Params::new(self.reader.dialect());
        let code = params.bind(Value::Text(code));
        let today = params.bind(Value::Date(self.context.today));
        let sql = format!(
            "SELECT id, subtree_end, level FROM administrative_unit WHERE code = {code} \
             AND (valid_from IS NULL OR valid_from <= {today}) \
             AND (valid_until IS NULL OR valid_until > {today})"
        );
        let rows = self.reader.read(&params.finish(sql)).await?;
        let (low, high) = self.context.units;
        let unit = (0..rows.len()).find_map(|row| {
            Some((rows.int(row, 0)?, rows.int(row, 1)?, rows.text(row, 2)?.to_owned()))
        });
        let unit = unit.filter(|(from, to, _)| low <= *from && *to <= high);
        let (from, to, level) =
            unit.ok_or_else(|| bad_input("unit is the code of a unit within the caller's own"))?;
        let near = match level.as_str() {
            "community" => UnitShown::Community,
            "street" => UnitShown::Street,
            "county" => UnitShown::County,
            _ => UnitShown::Own,
        };
        if (from, to) != (low, high) && near > list.units {
            return Err(bad_input("unit is nearer than the caller sees where persons live"));
        }
        Ok(Some((from, to)))
    }

    /// Takes down who is in a page, and that it is a worklist of the caller's that tells of them.
    fn see_due(&self, asked: &Asked<'_>, page: &Page, node: &Node, items: &[ListMember]) {
        self.see(node, &page.level, 0..page.shown, false);
        let rows = &page.level.rows;
        let persons = || (0..page.shown).filter_map(|row| node.person(rows, row));
        let beyond = (asked.first > 0 && rows.len() > page.shown)
            .then(|| node.person(rows, page.shown))
            .flatten();
        let tells_more = items.iter().any(|item| matches!(item, ListMember::PageInfo { .. }));
        let mut disclosed = self.disclosed.lock();
        disclosed.worklists.insert(asked.list.id());
        let set = disclosed.set(vec![DisclosedItem::Due(asked.list.id())]);
        disclosed.show(persons(), set);
        for person in persons() {
            disclosed.tally.add(Category::Health, person, false);
        }
        disclosed.tally.explain(persons());
        // That there is another item tells of its person that it is on the list. Who is asked about beside
        // the list is not told of by that, so it is no matter of what was tested.
        if let Some(beyond) = beyond.filter(|_| tells_more) {
            disclosed.show([beyond], set);
            disclosed.tally.explain([beyond]);
        }
    }

    fn due(
        &self,
        out: &mut Vec<u8>,
        items: &[DueMember],
        (asked, page): (&Asked<'_>, &Page),
        row: usize,
        node: &Node,
    ) {
        write::object(out, items, |out, item| match item {
            DueMember::Typename { key } => {
                write::key(out, key);
                write::text(out, ITEM);
            }
            DueMember::Person { key, .. } if asked.list.waits() => {
                write::key(out, key);
                write::null(out);
            }
            DueMember::Notice { key, members } => {
                write::key(out, key);
                match asked.list.waits() {
                    true => project(&self.waiting(&page.level.rows, row), members, out),
                    false => write::null(out),
                }
            }
            DueMember::Person { key, items } => {
                write::key(out, key);
                self.items(out, items, &page.level, row, node);
            }
            DueMember::Said { key, name } => {
                write::key(out, key);
                write::json(out, &self.said(asked, page, row, name));
            }
        });
    }

    /// What is said of an item.
    fn said(&self, asked: &Asked<'_>, page: &Page, row: usize, name: &str) -> Json {
        let list = asked.list;
        let item = Item { rows: &page.level.rows, row, columns: page.columns };
        let today = self.context.today;
        let due = item.date(DUE_ON);
        match name {
            "reasonCode" => json!(worklist::reason(list, item.int(NUMBER))),
            "reasonLabelZh" => json!(list.listed.name_zh),
            "dueOn" => json!(due.and_then(|day| worklist::shown(list.due, day))),
            "lastContact" => {
                let day = item.date(LAST_CONTACT);
                json!(day.and_then(|day| worklist::shown(list.contact, day)))
            }
            "status" => json!(if item.is_overdue() { "OVERDUE" } else { "DUE" }),
            "overdueDays" if list.due == DayShown::Day => {
                json!(item.date(OVERDUE_FROM).map(|from| overdue_days(list, from, today)))
            }
            "overdueMonths" => json!(match list.due {
                DayShown::Day if !item.is_overdue() => Some(0),
                DayShown::Day | DayShown::Month => {
                    due.map(|day| worklist::months_past(day, today))
                }
                _ => None,
            }),
            "closedBy" => json!(list.listed.closed_by),
            "source" => json!(list.listed.source),
            _ => Json::Null,
        }
    }

    fn due_page_fact(&self, out: &mut Vec<u8>, item: &PageItem, asked: &Asked<'_>, page: &Page) {
        write::key(out, &item.key);
        let mut cursor = |row: Option<usize>| match row {
            Some(row) => write::text(out, &self.due_cursor(asked, page, row)),
            None => write::null(out),
        };
        match item.what {
            PageFact::Typename => write::text(out, "PageInfo"),
            PageFact::HasNext => {
                write::boolean(out, asked.first > 0 && page.level.rows.len() > page.shown);
            }
            PageFact::HasPrevious => write::boolean(out, asked.after.is_some()),
            PageFact::Start => cursor((page.shown > 0).then_some(0)),
            PageFact::End => cursor(page.shown.checked_sub(1)),
        }
    }

    /// The cursor of an item: no more of its day than is shown.
    fn due_cursor(&self, asked: &Asked<'_>, page: &Page, row: usize) -> String {
        let item = Item { rows: &page.level.rows, row, columns: page.columns };
        let by = asked.is_ordered.then(|| item.date(DUE_ON)).flatten();
        let by = by.and_then(|day| worklist::shown(asked.list.due, day));
        let place = json!([by, page.level.rows.int(row, 0), item.int(NUMBER)]);
        self.context.identifiers.cursor(&asked.name(), place.to_string().into_bytes())
    }

    fn place_of(&self, asked: &Asked<'_>, cursor: &str) -> Option<Place> {
        let content = self.context.identifiers.cursor_content(&asked.name(), cursor)?;
        let place: Json = serde_json::from_slice(&content).ok()?;
        let by = place[0].as_str().map(str::to_owned);
        Some(Place { by, person: place[1].as_i64()?, number: place[2].as_i64()? })
    }
}

/// The columns of an item behind those of its person.
const NUMBER: usize = 0;
const DUE_ON: usize = 1;
const OVERDUE: usize = 2;
const OVERDUE_FROM: usize = 3;
const LAST_CONTACT: usize = 4;

/// An item of a page.
struct Item<'p> {
    rows: &'p Rows,
    row: usize,
    columns: usize,
}

impl Item<'_> {
    fn date(&self, column: usize) -> Option<NaiveDate> {
        self.rows.date_text(self.row, self.columns + column)?.parse().ok()
    }

    fn int(&self, column: usize) -> i64 {
        self.rows.int(self.row, self.columns + column).unwrap_or_default()
    }

    fn is_overdue(&self) -> bool {
        self.rows.bool(self.row, self.columns + OVERDUE) == Some(true)
    }
}

impl Asked<'_> {
    /// What the list is, as cursors are bound to it.
    fn name(&self) -> String {
        let order = match (self.is_ordered, self.descending) {
            (false, _) => "",
            (true, false) => "+",
            (true, true) => "-",
        };
        format!("{}.{}{order}{:?}", worklist::RECORDED, self.list.id(), self.list.due)
    }

    /// What is read of each item: of its days no more than is shown.
    pub fn columns(&self, today: &str, day: NaiveDate, params: &mut Params) -> [String; 5] {
        let of = |column: &str| format!("{ITEMS}.{column}");
        let none = || "CAST(NULL AS date)".to_owned();
        if self.list.works == Works::ServiceDue {
            return ["CAST(1 AS bigint)".to_owned(), none(), "FALSE".to_owned(), none(), none()];
        }
        let when = |how: DayShown, column: &str| match how {
            DayShown::Nothing => none(),
            _ => of(column),
        };
        let due = match self.list.due {
            DayShown::Month => of("due_month"),
            how => when(how, "due_on"),
        };
        let is_overdue = match overdue_by(self.list.due, day) {
            Some(month) => format!("({} < {})", of("due_on"), params.bind(Value::Date(month))),
            None => format!("({} <= {today})", of("overdue_from")),
        };
        let overdue_from = match self.list.due {
            DayShown::Day => of("overdue_from"),
            _ => none(),
        };
        [of("number"), due, is_overdue, overdue_from, when(self.list.contact, "last_contact")]
    }

    /// The value that the list is ordered by.
    fn by(&self) -> Option<String> {
        let is_item = matches!(self.list.works, Works::Items(_));
        (self.is_ordered && is_item).then(|| match self.list.due {
            DayShown::Day => format!("{ITEMS}.due_on"),
            DayShown::Month => format!("{ITEMS}.due_month"),
            _ => format!("substr(CAST({ITEMS}.due_on AS text), 1, 4)"),
        })
    }

    /// What tells items of one day apart.
    fn ties(&self) -> [String; 2] {
        match self.list.works {
            Works::ServiceDue => [format!("{TABLE}.id"), "1".to_owned()],
            Works::Items(_) => [format!("{ITEMS}.person_id"), format!("{ITEMS}.number")],
        }
    }

    pub fn order(&self) -> String {
        let direction = if self.descending { " DESC" } else { "" };
        let is_item = matches!(self.list.works, Works::Items(_));
        let ties = self.ties().into_iter().take(if is_item { 2 } else { 1 });
        let terms = self.by().into_iter().chain(ties).map(|term| format!("{term}{direction}"));
        terms.collect::<Vec<_>>().join(", ")
    }

    /// The condition that an item stands behind the place where the page begins.
    pub fn beyond(&self, params: &mut Params) -> Result<Option<String>> {
        let Some(place) = &self.after else { return Ok(None) };
        let sign = if self.descending { "<" } else { ">" };
        let person = params.bind(Value::Int(place.person));
        let [key, number] = self.ties();
        if self.list.works == Works::ServiceDue {
            return Ok(Some(format!("{key} {sign} {person}")));
        }
        let at = params.bind(Value::Int(place.number));
        let Some(by) = self.by() else {
            return Ok(Some(format!("({key}, {number}) {sign} ({person}, {at})")));
        };
        let value = place.by.as_deref().and_then(|text| match self.list.due {
            DayShown::Day => input::date(text).map(Value::Date),
            DayShown::Month => input::date(&format!("{text}-01")).map(Value::Date),
            _ => Some(Value::Text(text.chars().take(4).collect())),
        });
        let value = value
            .ok_or_else(|| GatewayError::new(Code::CursorInvalid, "not a cursor of this list"))?;
        let value = params.bind(value);
        Ok(Some(format!("({by}, {key}, {number}) {sign} ({value}, {person}, {at})")))
    }
}

/// That an item is on its list today.
pub(super) fn is_listed(today: &str) -> String {
    format!(
        "{ITEMS}.listed_from <= {today} AND ({ITEMS}.listed_until IS NULL OR {ITEMS}.listed_until > {today})"
    )
}

/// That some service is owed to a person, of those that may be told yes or no.
fn is_owed(today: &str) -> String {
    let lists = List::ALL.into_iter().filter(|list| list.is_service());
    let lists: Vec<String> = lists.map(|list| format!("'{}'", list.code())).collect();
    format!(
        "EXISTS (SELECT 1 FROM due_item {ITEMS} WHERE {ITEMS}.person_id = {TABLE}.id \
         AND {ITEMS}.list IN ({}) AND {})",
        lists.join(", "),
        is_listed(today)
    )
}

/// That a unit lies within another.
pub(super) fn within(
    alias: &str,
    column: &str,
    (low, high): (i64, i64),
    params: &mut Params,
) -> String {
    let low = params.bind(Value::Int(low));
    let high = params.bind(Value::Int(high));
    format!("{alias}.{column} BETWEEN {low} AND {high}")
}

/// Where the day is not shown, what is due before this day is overdue: the first of the month.
fn overdue_by(how: DayShown, today: NaiveDate) -> Option<NaiveDate> {
    match how {
        DayShown::Day | DayShown::Nothing => None,
        _ => today.with_day(1),
    }
}

/// Days overdue: from the day on which it was due, or where there is a grace from its end.
fn overdue_days(list: &Worklist, from: NaiveDate, today: NaiveDate) -> i64 {
    let grace = matches!(list.works, Works::Items(list) if list.has_grace());
    let days = (today - from).num_days();
    if days < 0 { 0 } else { days + i64::from(!grace) }
}

fn is_descending(order: &GraphqlValue) -> Result<bool> {
    let wrong = || bad_input("orderBy takes { dueOn: ASC } or { dueOn: DESC }");
    let order = match order {
        GraphqlValue::List(items) if items.len() == 1 => &items[0],
        other => other,
    };
    let GraphqlValue::Object(members) = order else { return Err(wrong()) };
    let direction = members.get("dueOn").filter(|_| members.len() == 1);
    match direction {
        Some(GraphqlValue::Enum(name)) if name == "ASC" => Ok(false),
        Some(GraphqlValue::Enum(name)) if name == "DESC" => Ok(true),
        Some(GraphqlValue::String(name)) if name == "ASC" => Ok(false),
        Some(GraphqlValue::String(name)) if name == "DESC" => Ok(true),
        _ => Err(wrong()),
    }
}
