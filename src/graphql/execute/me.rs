//! A person's own view, part by part.

use async_graphql::Value as GraphqlValue;
use entity::{person, sharing::Department};
use serde_json::{Map, Value as Json};

use super::{
    DisclosedItem, Execution,
    level::{Level, TABLE},
};
use crate::{
    catalogue::catalogue,
    error::{Code, GatewayError, Result},
    graphql::{
        events::KIND as EMERGENCY,
        input::{self, bad_input},
        me::{self, Emergency, Internal, Looked, ME, Part, Register},
        plan::{Item, MeItem, MeRead, Node, Told},
        shape::project,
        sql::{Closed, Params, Scoping, belongs, own_persons},
        write,
    },
    read::Value,
    rules::age::{AGE_OF_CONSENT, AGE_OF_MAJORITY},
};

/// The list that cursors of accesses belong to.
const ACCESSES: &str = "me.accesses";

/// How many rows of one kind a record in words holds.
const MOST_OF_A_KIND: i64 = 200;

/// Which accesses are told.
enum Whose {
    Others,
    Own,
}

impl Execution<'_> {
    pub(super) async fn me(&self, out: &mut Vec<u8>, items: &[MeItem]) -> Result<()> {
        let person = self.context.person.ok_or_else(no_person)?;
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            parts.push(self.me_item(item, person).await?);
        }
        write::object(out, &parts, |out, (key, value)| {
            write::key(out, key);
            out.extend_from_slice(value);
        });
        Ok(())
    }

    async fn me_item<'i>(&self, item: &'i MeItem, person: i64) -> Result<(&'i str, Vec<u8>)> {
        let mut out = Vec::new();
        let key = match item {
            MeItem::Typename { key } => {
                write::text(&mut out, ME);
                key
            }
            MeItem::Person { key, node, items } => {
                let level = self.found(person, node).await?;
                self.see(node, &level, 0..level.rows.len(), false);
                match level.rows.is_empty() {
                    true => write::null(&mut out),
                    false => self.items(&mut out, items, &level, 0, node),
                }
                key
            }
            MeItem::Children { key, node, items } => {
                self.children(&mut out, node, items, person).await?;
                key
            }
            MeItem::Told(told) => {
                let value = self.told(told, person).await?;
                project(&value, &told.members, &mut out);
                &told.key
            }
        };
        Ok((key, out))
    }

    /// The rows of those in the person's guardianship, the oldest first. Which of them are shown the rules
    /// of their rows say.
    async fn children(
        &self,
        out: &mut Vec<u8>,
        node: &Node,
        items: &[Item],
        person: i64,
    ) -> Result<()> {
        let mut params = Params::new(self.reader.dialect());
        let closed = [Closed::Everything];
        let persons = own_persons(person, AGE_OF_MAJORITY, &closed, self.context, &mut params);
        let own = params.among("p.id", &persons);
        let myself = params.bind(Value::Int(person));
        let sql = format!(
            "SELECT p.id FROM person p WHERE {own} AND p.id <> {myself} ORDER BY p.birth_date, p.id"
        );
        let found = self.reader.read(&params.finish(sql)).await?;
        let keys: Vec<i64> = (0..found.len()).filter_map(|row| found.int(row, 0)).collect();
        if keys.is_empty() {
            out.extend_from_slice(b"[]");
            return Ok(());
        }
        let level = self.several(node, keys.clone()).await?;
        self.see(node, &level, 0..level.rows.len(), false);
        let place = |key: &i64| keys.iter().position(|known| known == key);
        let mut rows: Vec<usize> = (0..level.rows.len()).collect();
        rows.sort_by_key(|row| level.rows.int(*row, 0).as_ref().and_then(place));
        write::list(out, rows.into_iter(), |out, row| self.items(out, items, &level, row, node));
        Ok(())
    }

    async fn told(&self, told: &Told, person: i64) -> Result<Json> {
        let register = self.context.register.as_ref().ok_or_else(no_person)?;
        let of = match self.argument(told.whom.as_ref()) {
            Some(id) => input::key(self.context.identifiers, "Person", &id)?,
            None => person,
        };
        let whom = if of == person { "您" } else { "该未成年人" };
        Ok(match told.part {
            Part::Record => self.record(told, of).await?,
            Part::WhoLooked => self.accesses(told, of, whom, &Whose::Others, register).await?,
            Part::OwnLookUps => self.accesses(told, of, whom, &Whose::Own, register).await?,
            Part::Emergencies => self.emergencies(told, of, whom).await?,
            Part::Consents => {
                let most = self.most(told)?;
                let rows = self.rows_of(told.reads.first(), of, most).await?;
                rows.iter().map(|consent| me::given(consent, whom)).collect()
            }
            Part::ConsentsToGive => {
                let rows = self.rows_of(told.reads.first(), of, i64::MAX).await?;
                let given: Vec<[String; 3]> = rows.iter().filter_map(in_force).collect();
                me::to_give(&register.published, &given)
            }
            Part::Sharing => register.published.sharing.clone(),
            Part::Services => {
                // The newest says all.
                let rows = self.rows_of(told.reads.first(), of, 1).await?;
                let services = rows.iter();
                services.flat_map(|row| me::told_services(row, whom, self.context.today)).collect()
            }
            Part::Requests => {
                let most = self.most(told)?;
                self.requests_of_person(&told.members, of, most).await?
            }
        })
    }

    /// How many items of a part are asked for.
    fn most(&self, told: &Told) -> Result<i64> {
        let first = match self.argument(told.first.as_ref()) {
            Some(first) => input::page_size(&first, "first", self.limits.page_size)?,
            None => self.limits.default_page_size,
        };
        Ok(i64::try_from(first).unwrap_or(i64::MAX))
    }

    async fn record(&self, told: &Told, of: i64) -> Result<Json> {
        let only = match self.argument(told.kind.as_ref()) {
            Some(kind) => {
                let name = input::text(&kind)?;
                let kind = catalogue().kind_named(&name);
                Some(kind.ok_or_else(|| bad_input("the catalogue has no kind of this name"))?.id)
            }
            None => None,
        };
        let mut sections = Vec::new();
        let asked =
            told.reads.iter().filter(|read| only.is_none_or(|only| read.node.kind.id == only));
        for read in asked {
            let rows = self.rows_of(Some(read), of, MOST_OF_A_KIND).await?;
            sections.extend(
                rows.iter()
                    .map(|row| me::record_section(self.permit, read.node.kind, row, self.context)),
            );
        }
        Ok(Json::Array(sections))
    }

    /// The rows of a read that tell of a person, the newest first, as their fields are written.
    async fn rows_of(
        &self,
        read: Option<&MeRead>,
        of: i64,
        most: i64,
    ) -> Result<Vec<Map<String, Json>>> {
        let Some(read) = read else { return Ok(Vec::new()) };
        let level = self.of_person(&read.node, of, |_| Vec::new(), most).await?;
        Ok((0..level.rows.len()).map(|row| self.fields_of_row(read, &level, row)).collect())
    }

    fn fields_of_row(&self, read: &MeRead, level: &Level, row: usize) -> Map<String, Json> {
        let mut written = Vec::new();
        self.items(&mut written, &read.items, level, row, &read.node);
        serde_json::from_slice(&written).unwrap_or_default()
    }

    /// Rows that tell of a person, by their keys from the newest, seen and on record; `more` are further
    /// conditions.
    async fn of_person(
        &self,
        node: &Node,
        of: i64,
        more: impl FnOnce(&mut Params) -> Vec<String>,
        most: i64,
    ) -> Result<Level> {
        let mut params = Params::new(self.reader.dialect());
        let scoping = Scoping { is_keyed: true, ..self.scoping(None) };
        let cells = self.cells(node, &scoping, &node.rules, &mut params);
        let key = format!("CAST({} AS bigint)", params.bind(Value::Int(of)));
        let person = node.kind.person().unwrap_or("id");
        let mut conditions = vec![belongs(node.kind, TABLE, person, &key, &params)];
        conditions.push(node.rules.condition(&scoping, node.kind, TABLE, &mut params));
        conditions.extend(more(&mut params));
        let most = params.bind(Value::Int(most.min(self.row_budget())));
        let rest = format!(
            "FROM {} {TABLE} WHERE {} ORDER BY {TABLE}.id DESC LIMIT {most}",
            node.kind.table,
            conditions.join(" AND ")
        );
        let sql = cells.select(params.dialect(), &rest, true);
        self.ask(node);
        {
            // Whoever names a person asks about that person, whatever there is.
            let mut disclosed = self.disclosed.lock();
            disclosed.tested.insert(DisclosedItem::Row(node.kind.id));
            disclosed.asked.push(of);
        }
        let rows = self.select(params.finish(sql)).await?;
        let below = self.below(node, &rows, 0..rows.len()).await?;
        let level = Level { rows, shown: cells.shown(cells.width()), tested: Vec::new(), below };
        self.see(node, &level, 0..level.rows.len(), false);
        Ok(level)
    }

    async fn accesses(
        &self,
        told: &Told,
        of: i64,
        whom: &str,
        whose: &Whose,
        register: &Register,
    ) -> Result<Json> {
        let Some(read) = told.reads.first() else { return Ok(Json::Array(Vec::new())) };
        let identifiers = self.context.identifiers;
        let after = match self.argument(told.after.as_ref()) {
            None => None,
            Some(GraphqlValue::String(cursor)) => Some(
                identifiers
                    .cursor_content(ACCESSES, &cursor)
                    .and_then(|content| content.try_into().ok())
                    .map(i64::from_be_bytes)
                    .ok_or_else(|| {
                        GatewayError::new(Code::CursorInvalid, "not a cursor of this list")
                    })?,
            ),
            Some(_) => return Err(bad_input("a cursor is a string")),
        };
        let most = self.most(told)?;
        let level = self
            .of_person(
                &read.node,
                of,
                |params| {
                    let myself = params.bind(Value::Text(self.context.subject.to_owned()));
                    let subject = Department::Subject.code();
                    let is_own = format!(
                        "({TABLE}.collecting_department = '{subject}' AND {TABLE}.actor = {myself})"
                    );
                    let mut conditions = vec![match whose {
                        Whose::Own => is_own,
                        Whose::Others => format!("NOT {is_own}"),
                    }];
                    if let Some(after) = after {
                        let after = params.bind(Value::Int(after));
                        conditions.push(format!("{TABLE}.id < {after}"));
                    }
                    conditions
                },
                most,
            )
            .await?;
        let rows = &level.rows;
        let of_row = |row: usize| {
            let internal = |place: usize| read.internal.get(place).copied();
            let text = |place| internal(place).and_then(|column| rows.text(row, column));
            let id = rows.int(row, 0).unwrap_or_default();
            let internal = Internal {
                role: text(0).unwrap_or_default().to_owned(),
                decision: text(1).unwrap_or_default().to_owned(),
                grants_version: internal(2)
                    .and_then(|column| rows.int(row, column))
                    .unwrap_or_default(),
            };
            let looked = Looked {
                event: &self.fields_of_row(read, &level, row),
                internal: &internal,
                cursor: identifiers.cursor(ACCESSES, id.to_be_bytes().to_vec()),
                is_own: matches!(whose, Whose::Own),
                whom,
            };
            me::told_access(&looked, register)
        };
        Ok((0..rows.len()).map(of_row).collect())
    }

    /// Emergencies of a person: of oneself, and of a child as far as nothing of it is closed.
    async fn emergencies(&self, told: &Told, of: i64, whom: &str) -> Result<Json> {
        let person = self.context.person.ok_or_else(no_person)?;
        let mut params = Params::new(self.reader.dialect());
        let closed = [Closed::Anything];
        let persons = own_persons(person, AGE_OF_CONSENT, &closed, self.context, &mut params);
        let own = params.among("e.person_id", &persons);
        let of_person = params.bind(Value::Int(of));
        let most = params.bind(Value::Int(self.most(told)?));
        let sql = format!(
            "SELECT e.opened_at, e.expires_at, e.closed_at, e.reviewed_at, e.role, o.code, o.name, \
             e.reason_code, e.verdict FROM break_glass e \
             JOIN organization o ON o.id = e.organization_id \
             WHERE e.person_id = {of_person} AND {own} ORDER BY e.opened_at DESC, e.id DESC LIMIT {most}"
        );
        let shown = ["openedAt", "organization", "reasonCode", "role", "verdict"];
        {
            let mut disclosed = self.disclosed.lock();
            disclosed.listed.extend(shown.map(|member| (EMERGENCY, member)));
            disclosed.tested.extend(shown.map(|member| DisclosedItem::Listed(EMERGENCY, member)));
            disclosed.asked.push(of);
        }
        let rows = self.select(params.finish(sql)).await?;
        self.disclosed.lock().rows += rows.len() as u64;
        let of_row = |row: usize| {
            let emergency = Emergency {
                opened_at: rows.instant(row, 0)?,
                expires_at: rows.instant(row, 1)?,
                closed_at: rows.instant(row, 2),
                reviewed_at: rows.instant(row, 3),
                role: rows.text(row, 4)?,
                organization: rows.text(row, 5)?,
                organization_name: rows.text(row, 6)?,
                reason: rows.text(row, 7)?,
                verdict: rows.text(row, 8),
            };
            Some(me::told_emergency(&emergency, whom, self.context.now))
        };
        Ok((0..rows.len()).filter_map(of_row).collect())
    }
}

/// A consent that holds, by department, purpose and group.
fn in_force(consent: &Map<String, Json>) -> Option<[String; 3]> {
    let text = |name: &str| Some(consent.get(name)?.as_str()?.to_owned());
    let holds = consent.get("active").and_then(Json::as_bool) == Some(true);
    let codes = [text("recipientDepartment")?, text("purpose")?, text("fieldGroup")?];
    holds.then_some(codes)
}

fn no_person() -> GatewayError {
    let kind = catalogue().kind_of::<person::Entity>().name;
    GatewayError::new(Code::Internal, format!("a token without a {kind} has no view of its own"))
}
