//! Notices that wait for the caller's organization: of a person whom it does not serve yet, only what the
//! notice says, and name, sex, year of birth and telephone, each as far as the role's cells go.

use entity::{
    person, residence_notice,
    sharing::{Mask, Type},
};
use serde_json::{Map, Value as Json, json};

use super::{
    DisclosedItem, Execution,
    level::Level,
    worklist::{Asked, Page, is_listed},
};
use crate::{
    catalogue::{Field, Source, catalogue},
    error::Result,
    graphql::{
        input::bad_input,
        mask,
        plan::{DueMember, ListEdge, ListMember, Member, WorklistArguments},
        sql::{Cells, Params},
    },
    policy::Level as Granted,
    read::{Rows, Value},
};

/// How many columns of the item stand between the person's key and those of the notice.
const BEHIND: usize = 6;

/// What is shown, under the alias of its table, and of which field.
fn shown() -> [(&'static str, &'static str, &'static Field); 10] {
    use residence_notice::Column as Notice;
    let of_notice = |name, column| (name, "n", catalogue().field_of::<Notice>(column));
    let of_person = |name, column| (name, "t0", catalogue().field_of::<person::Column>(column));
    [
        of_notice("communityCode", Notice::CommunityCode),
        of_notice("address", Notice::Address),
        of_notice("arrivalDate", Notice::ArrivalDate),
        of_notice("expectedStay", Notice::ExpectedStay),
        of_notice("source", Notice::Source),
        of_notice("sentAt", Notice::SentAt),
        of_person("name", person::Column::Name),
        of_person("sex", person::Column::Sex),
        of_person("birthYear", person::Column::BirthDate),
        of_person("phone", person::Column::Phone),
    ]
}

impl Execution<'_> {
    /// Refuses conditions on persons and units, of which nothing but the notice is shown.
    pub(super) fn refuse_conditions(&self, arguments: &WorklistArguments) -> Result<()> {
        let asked = [&arguments.of_persons.filter, &arguments.unit];
        match asked.into_iter().any(|asked| self.argument(asked.as_ref()).is_some()) {
            true => {
                Err(bad_input("notices are those of the organization: leave out where and unit"))
            }
            false => Ok(()),
        }
    }

    pub(super) async fn waiting_page(&self, asked: &Asked<'_>) -> Result<Page> {
        let mut params = Params::new(self.reader.dialect());
        let today = params.bind(Value::Date(self.context.today));
        let organization = params.bind(Value::Int(self.context.organization.unwrap_or(0)));
        let list = params.bind(Value::Text(asked.list.id().to_owned()));
        let mut conditions = vec![
            format!("r.receiver_organization_id = {organization}"),
            format!("i.list = {list}"),
            "i.person_id = n.person_id".to_owned(),
            is_listed(&today),
        ];
        conditions.extend(self.bounds_of(asked, &today, &mut params));
        let mut cells = Cells::new(vec!["i.person_id".to_owned()]);
        for column in asked.columns(&today, self.context.today, &mut params) {
            cells.push(column);
        }
        for (_, alias, field) in shown() {
            cells.push(self.waiting_cell(alias, field));
        }
        cells.push("n.id".to_owned());
        conditions.extend(asked.beyond(&mut params)?);
        let limit = params.bind(Value::Int(i64::try_from(asked.first + 1).unwrap_or(i64::MAX)));
        let rest = format!(
            "FROM residence_notice_route r JOIN residence_notice n ON n.id = r.notice_id \
             JOIN due_item i ON i.rests_on = n.id JOIN person t0 ON t0.id = n.person_id \
             WHERE {} ORDER BY {} LIMIT {limit}",
            conditions.join(" AND "),
            asked.order(),
        );
        let sql = cells.select(params.dialect(), &rest, true);
        let rows = self.reader.read(&params.finish(sql)).await?;
        let shown = rows.len().min(asked.first);
        self.count(shown)?;
        let level = Level {
            shown: cells.shown(cells.width()),
            rows,
            tested: Vec::new(),
            below: Vec::new(),
        };
        Ok(Page { level, shown, columns: 1 })
    }

    /// A column of a notice or of its person, where the role sees anything of the field.
    fn waiting_cell(&self, alias: &str, field: &Field) -> String {
        let decision = self.permit.field(field.id);
        let Source::Column(column) = field.source else { return "NULL".to_owned() };
        let mask = decision.mask.filter(|_| decision.level == Granted::Masked);
        match mask {
            _ if decision.level < Granted::Masked => null_of(field.spec.ty),
            Some(Mask::Coarser(column) | Mask::StreetOf(column)) => format!("{alias}.{column}"),
            _ => format!("{alias}.{column}"),
        }
    }

    /// A notice, as far as it is shown.
    pub(super) fn waiting(&self, rows: &Rows, row: usize) -> Json {
        let mut told = Map::new();
        for ((name, _, field), column) in shown().into_iter().zip(BEHIND..) {
            let decision = self.permit.field(field.id);
            let mask = decision.mask.filter(|_| decision.level == Granted::Masked);
            let mask = if name == "birthYear" { Some(Mask::Year) } else { mask };
            let value = match field.spec.ty {
                Type::Date => {
                    let day = rows.date_text(row, column).and_then(|day| day.parse().ok());
                    day.and_then(|day| mask::date(mask.unwrap_or(Mask::Plain), day))
                }
                Type::DateTime => {
                    let at = rows.instant(row, column);
                    at.and_then(|at| mask::instant(mask.unwrap_or(Mask::Plain), at))
                }
                _ => rows.text(row, column).and_then(|text| match mask {
                    Some(mask) => mask::text(mask, text),
                    None => Some(text.to_owned()),
                }),
            };
            told.insert(name.to_owned(), json!(value));
        }
        let id = rows.int(row, BEHIND + shown().len()).unwrap_or_default();
        told.insert("id".to_owned(), self.context.identifiers.id("ResidenceNotice", id).into());
        Json::Object(told)
    }

    /// Takes down what is shown of the notices of a page, and of whom.
    pub(super) fn see_waiting(&self, asked: &Asked<'_>, page: &Page, items: &[ListMember]) {
        let members: Vec<&Member> = items
            .iter()
            .flat_map(due_members)
            .flat_map(|item| match item {
                DueMember::Notice { members, .. } => members.iter().collect(),
                _ => Vec::new(),
            })
            .collect();
        let is_asked = |name: &str| members.iter().any(|member| member.name == name);
        let is_shown = |field: &Field| self.permit.field(field.id).level >= Granted::Masked;
        let mut told = vec![
            DisclosedItem::Due(asked.list.id()),
            DisclosedItem::Row(catalogue().kind_of::<residence_notice::Entity>().id),
        ];
        for (_, _, field) in
            shown().into_iter().filter(|(name, _, field)| is_asked(name) && is_shown(field))
        {
            told.push(DisclosedItem::Field(field.id));
        }
        let rows = &page.level.rows;
        let persons = || (0..rows.len()).filter_map(|row| rows.int(row, 0));
        let mut disclosed = self.disclosed.lock();
        disclosed.rows += page.shown as u64;
        disclosed.worklists.insert(asked.list.id());
        disclosed.kinds.insert(catalogue().kind_of::<residence_notice::Entity>().id);
        disclosed.fields.extend(told.iter().filter_map(|told| match told {
            DisclosedItem::Field(field) => Some(*field),
            _ => None,
        }));
        let set = disclosed.set(told);
        disclosed.show(persons(), set);
        for person in persons() {
            disclosed.tally.add(crate::volume::Category::Identity, person, false);
        }
        disclosed.tally.explain(persons());
    }
}

fn due_members(item: &ListMember) -> Vec<&DueMember> {
    match item {
        ListMember::Nodes { items, .. } => items.iter().collect(),
        ListMember::Edges { items, .. } => items
            .iter()
            .flat_map(|edge| match edge {
                ListEdge::Node { items, .. } => items.iter().collect(),
                _ => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Nothing, of a type.
fn null_of(ty: Type) -> String {
    match ty {
        Type::Date => "CAST(NULL AS date)".to_owned(),
        _ => "NULL".to_owned(),
    }
}
