//! Walks the subjects of all records in order, beside the records.
#![expect(clippy::disallowed_types, reason = "this module keeps the records")]

use std::collections::VecDeque;

use entity::{access_record, access_subject};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::{chain, rows};

/// How many subjects are read at a time.
const PAGE: u64 = 10_000;

#[derive(Clone, Copy)]
struct Subject {
    seq: i64,
    /// `None` where the column holds no integer.
    person: Option<i64>,
    /// The number of the person's set of fields, where the record has several; an `Err` where the
    /// column holds something else.
    set: Result<Option<i16>, ()>,
    /// Where it stands within its record; `None` where that is not known.
    place: Option<i64>,
}

/// PostgreSQL keeps the persons in their record, in an order that is read as it stands.
const OF_RECORDS: &str = "SELECT r.seq, s.person_id, s.shown, s.place \
    FROM access_record r CROSS JOIN LATERAL \
    unnest(r.subjects, r.subjects_shown) WITH ORDINALITY AS s (person_id, shown, place) \
    WHERE r.seq <= $1 AND r.seq >= $2 AND (r.seq, s.place) > ($2, $3) \
    ORDER BY r.seq, s.place LIMIT $4";

/// A cursor over the subjects of records up to a number.
pub(super) struct Subjects<'a> {
    db: &'a DatabaseConnection,
    through: i64,
    after: Option<(i64, i64)>,
    ahead: VecDeque<Subject>,
    at_end: bool,
}

impl<'a> Subjects<'a> {
    pub fn new(db: &'a DatabaseConnection, through: i64) -> Self {
        Self { db, through, after: None, ahead: VecDeque::new(), at_end: false }
    }

    /// Takes the subjects of a record that is itself in order. Names the record whose subjects are
    /// not those that were recorded: this one, or one that does not exist.
    pub async fn fault_of(&mut self, record: &access_record::Model) -> Result<Option<i64>, DbErr> {
        let count = usize::try_from(record.subject_count).unwrap_or(0);
        let (mut persons, mut sets) = (Vec::new(), Vec::new());
        while let Some(subject) = self.peek().await? {
            if subject.seq > record.seq {
                break;
            }
            match (subject.person, subject.set) {
                // The bound keeps memory constant however many were added.
                (Some(person), Ok(set)) if subject.seq == record.seq && persons.len() < count => {
                    persons.push(person);
                    sets.extend(set);
                }
                _ => return Ok(Some(subject.seq)),
            }
            self.ahead.pop_front();
        }
        let same = persons.len() == count
            && (sets.is_empty() || sets.len() == count)
            && chain::divided_digest(&persons, &sets) == record.subjects_digest;
        Ok((!same).then_some(record.seq))
    }

    /// The record named by the next subject.
    pub async fn next_seq(&mut self) -> Result<Option<i64>, DbErr> {
        Ok(self.peek().await?.map(|subject| subject.seq))
    }

    async fn peek(&mut self) -> Result<Option<Subject>, DbErr> {
        if self.ahead.is_empty() && !self.at_end {
            self.fill().await?;
        }
        Ok(self.ahead.front().copied())
    }

    async fn fill(&mut self) -> Result<(), DbErr> {
        let (rows, place) = match self.db.get_database_backend() {
            DbBackend::Postgres => (self.of_records().await?, "place"),
            _ => (self.of_table().await?, "person_id"),
        };
        for row in rows {
            let seq = rows::integer(&row, "seq").unwrap_or(i64::MAX);
            let person = rows::integer(&row, "person_id");
            let set = row.try_get("", "shown").map_err(drop);
            self.ahead.push_back(Subject { seq, person, set, place: rows::integer(&row, place) });
        }
        // An unreadable subject ends the walk: it is a finding when its turn comes.
        self.after = self.ahead.back().and_then(|last| Some((last.seq, last.place?)));
        self.at_end = self.after.is_none();
        Ok(())
    }

    async fn of_records(&self) -> Result<Vec<QueryResult>, DbErr> {
        let (seq, place) = self.after.unwrap_or((i64::MIN, 0));
        let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let values = [self.through, seq, place, page].map(sea_orm::Value::from);
        let select = Statement::from_sql_and_values(DbBackend::Postgres, OF_RECORDS, values);
        self.db.query_all_raw(select).await
    }

    #[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
    async fn of_table(&self) -> Result<Vec<QueryResult>, DbErr> {
        use access_subject::Column::{PersonId, Seq};
        let mut select = access_subject::Entity::find()
            .filter(Seq.lte(self.through))
            .order_by_asc(Seq)
            .order_by_asc(PersonId)
            .limit(PAGE);
        if let Some((seq, person)) = self.after {
            // A row comparison walks the primary key, where `seq > … OR …` would sort.
            let place = Expr::tuple([Expr::col(Seq), Expr::col(PersonId)]);
            let beyond = place.gt(Expr::tuple([Expr::value(seq), Expr::value(person)]));
            select = select.filter(beyond);
        }
        self.db.query_all(select.as_query()).await
    }
}

/// The first record above `seq` that has a subject.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
pub(super) async fn first_after(db: &DatabaseConnection, seq: i64) -> Result<Option<i64>, DbErr> {
    let select = access_subject::Entity::find()
        .filter(access_subject::Column::Seq.gt(seq))
        .order_by_asc(access_subject::Column::Seq)
        .limit(1);
    let row = db.query_one(select.as_query()).await?;
    Ok(row.map(|row| rows::integer(&row, "seq").unwrap_or(i64::MAX)))
}
