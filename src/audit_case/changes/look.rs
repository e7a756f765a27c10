//! `audit_case.look`: whom the accesses of a case were about.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::{access_record, access_subject, audit_case::Model, person};
use parking_lot::Mutex;
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseTransaction, DerivePartialModel, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::{Value as Json, json};

use super::{found, standing};
use crate::{
    audit::{Applied, ChainKey, Change},
    audit_case::{Overseer, Status, store, unavailable},
    db::columns,
    error::{Code, GatewayError, Result},
    replay,
};

/// One person of one access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The access: the place of its record.
    pub record: i64,
    /// When it was.
    pub at: DateTime<Utc>,
    /// The key of the person.
    pub person: i64,
    /// The name.
    pub name: Option<String>,
    /// The identity number.
    pub id_number: Option<String>,
}

/// Looks whom the accesses of a case were about: persons of the newest access first, each access in the
/// order of their keys. Nothing else of an access is opened by it.
#[derive(Clone, Debug)]
pub struct Look {
    /// The officer whose case it is.
    pub officer: Overseer,
    /// Its number.
    pub case: i64,
    /// This access alone.
    pub record: Option<i64>,
    /// How many persons at most.
    pub first: u64,
    /// Those behind this record and person.
    pub after: Option<(i64, i64)>,
    /// What was seen.
    pub seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "access_subject::Entity")]
struct Pair {
    seq: i64,
    person_id: i64,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "access_record::Entity")]
struct Access {
    seq: i64,
    at: DateTime<Utc>,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Known {
    id: i64,
    name: Option<String>,
    id_number: Option<String>,
}

#[async_trait]
impl Change for Look {
    async fn examine(
        &self,
        transaction: &DatabaseTransaction,
        key: &ChainKey,
    ) -> Result<(), GatewayError> {
        replay::require_as_case(transaction, key, self.case).await
    }

    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let case = found(transaction, self.case, &self.officer).await?;
        if (&case.officer, &case.officer_issuer) != (&self.officer.subject, &self.officer.issuer) {
            let message =
                "a case opens its accesses to the officer who proposed it, and to nobody else";
            return Err(GatewayError::new(Code::Forbidden, message));
        }
        let status = Status::of(&case, now);
        if status != Status::InForce {
            return Err(standing(status));
        }
        let records = self.records(&case)?;
        let pairs = self.pairs(transaction, &case, &records).await?;
        let seen = described(transaction, &pairs).await.map_err(unavailable)?;
        let mut looked_at: Vec<i64> = pairs.iter().map(|pair| pair.seq).collect();
        looked_at.dedup();
        let mut subjects: Vec<i64> = pairs.iter().map(|pair| pair.person_id).collect();
        // Who asked was looked for, also where no access was about them.
        subjects.extend(case.person_id);
        *self.seen.lock() = seen;
        Ok(Applied {
            action: "audit_case.look",
            target: self.case.to_string(),
            before: Json::Null,
            after: json!({ "record": self.record, "accesses": looked_at, "persons": pairs.len() }),
            subjects,
        })
    }
}

impl Look {
    /// The records that are looked at.
    fn records(&self, case: &Model) -> Result<Vec<i64>> {
        let concerned = store::records(case);
        match self.record {
            Some(record) if concerned.contains(&record) => Ok(vec![record]),
            Some(_) => {
                Err(GatewayError::new(Code::NotFound, "the case does not concern this record"))
            }
            None => Ok(concerned),
        }
    }

    async fn pairs(
        &self,
        transaction: &DatabaseTransaction,
        case: &Model,
        records: &[i64],
    ) -> Result<Vec<Pair>> {
        use access_subject::Column::{PersonId, Seq};
        let pairs = columns::all::<access_subject::Entity, Pair>(transaction, |pairs| {
            let mut pairs = pairs.filter(Seq.is_in(records.iter().copied()));
            if let Some(person) = case.person_id {
                pairs = pairs.filter(PersonId.eq(person));
            }
            if let Some((record, person)) = self.after {
                let same = Condition::all().add(Seq.eq(record)).add(PersonId.gt(person));
                pairs = pairs.filter(Condition::any().add(Seq.lt(record)).add(same));
            }
            pairs.order_by_desc(Seq).order_by_asc(PersonId).limit(self.first)
        });
        pairs.await.map_err(unavailable)
    }
}

async fn described(
    transaction: &DatabaseTransaction,
    pairs: &[Pair],
) -> std::result::Result<Vec<Seen>, sea_orm::DbErr> {
    let accesses = columns::all::<access_record::Entity, Access>(transaction, |records| {
        records.filter(access_record::Column::Seq.is_in(pairs.iter().map(|pair| pair.seq)))
    });
    let instants: HashMap<i64, DateTime<Utc>> =
        accesses.await?.into_iter().map(|access| (access.seq, access.at)).collect();
    let known = columns::all::<person::Entity, Known>(transaction, |persons| {
        persons.filter(person::Column::Id.is_in(pairs.iter().map(|pair| pair.person_id)))
    });
    let known: HashMap<i64, Known> =
        known.await?.into_iter().map(|known| (known.id, known)).collect();
    let seen = pairs.iter().map(|pair| {
        let of = known.get(&pair.person_id);
        Seen {
            record: pair.seq,
            at: instants.get(&pair.seq).copied().unwrap_or_default(),
            person: pair.person_id,
            name: of.and_then(|known| known.name.clone()),
            id_number: of.and_then(|known| known.id_number.clone()),
        }
    });
    Ok(seen.collect())
}
