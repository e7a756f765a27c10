//! PostgreSQL: binary COPY, table by table for each portion.
#![expect(clippy::disallowed_types, reason = "loads many rows at once")]

use std::{collections::HashMap, pin::pin};

use anyhow::Context as _;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::SinkExt as _;
use sea_orm::{EntityTrait, Iterable as _, ModelTrait as _, Value};
use tokio_postgres::{
    Client, NoTls, Statement,
    types::{IsNull, ToSql, Type},
};

use super::{Encoded, HAS_PERSONS, Store, columns, refuse_persons};
use crate::db;

/// Held until the end, so that of two loads at once the second finds the persons of the first.
const BEGIN: &str = "BEGIN; LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE";

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// A connection in the transaction that fills the database.
pub(super) struct Postgres {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Postgres {
    pub async fn begin(url: &str) -> anyhow::Result<Self> {
        let mut config = db::postgres_config(url)?;
        config.application_name("migrant-gateway demo");
        let (client, connection) = config.connect(NoTls).await.map_err(|error| {
            anyhow::anyhow!("cannot connect to PostgreSQL: {}", db::postgres_failure(&error))
        })?;
        // What breaks the connection fails the statement under way, which says so.
        tokio::spawn(connection);
        client.batch_execute(BEGIN).await?;
        refuse_persons(client.query_one(HAS_PERSONS, &[]).await?.get(0))?;
        Ok(Self { client, statements: HashMap::new() })
    }

    async fn copy(&mut self, rows: CopyRows) -> Result<(), tokio_postgres::Error> {
        let statement = match self.statements.get(rows.table) {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare(&rows.statement()).await?;
                self.statements.entry(rows.table).or_insert(statement)
            }
        };
        let mut sink = pin!(self.client.copy_in::<_, Bytes>(statement).await?);
        sink.send(rows.data).await?;
        sink.finish().await?;
        Ok(())
    }
}

impl Store for Postgres {
    type Rows = CopyRows;

    async fn write(mut self, tables: Vec<CopyRows>) -> anyhow::Result<Self> {
        for rows in tables {
            let table = rows.table;
            self.copy(rows).await.with_context(|| format!("cannot fill {table}"))?;
        }
        Ok(self)
    }

    async fn commit(self) -> anyhow::Result<()> {
        let tables: Vec<&str> = self.statements.keys().copied().collect();
        self.client.batch_execute("COMMIT").await?;
        // Plans rest on statistics and on the map of visible pages; autovacuum comes minutes later.
        self.client.batch_execute(&format!("VACUUM (ANALYZE) {}", tables.join(", "))).await?;
        Ok(())
    }
}

/// Rows of one table in COPY's binary format.
pub(super) struct CopyRows {
    table: &'static str,
    columns: Vec<String>,
    data: Bytes,
}

impl CopyRows {
    fn statement(&self) -> String {
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.table, self.columns.join(", "))
    }
}

impl Encoded for CopyRows {
    fn of<E: EntityTrait>(rows: &[E::Model]) -> anyhow::Result<Self> {
        let columns = columns::<E>();
        let width = i16::try_from(columns.len())?;
        let mut data = BytesMut::new();
        data.put_slice(SIGNATURE);
        data.put_i32(0); // no flags
        data.put_i32(0); // no extension of the header
        for row in rows {
            data.put_i16(width);
            for column in E::Column::iter() {
                put(&mut data, row.get(column))?;
            }
        }
        data.put_i16(-1);
        Ok(Self { table: E::default().table_name(), columns, data: data.freeze() })
    }
}

fn put(data: &mut BytesMut, value: Value) -> anyhow::Result<()> {
    match value {
        Value::Bool(value) => put_typed(data, &value, &Type::BOOL),
        Value::Int(value) => put_typed(data, &value, &Type::INT4),
        Value::BigInt(value) => put_typed(data, &value, &Type::INT8),
        Value::String(value) => put_typed(data, &value, &Type::TEXT),
        Value::ChronoDate(value) => put_typed(data, &value, &Type::DATE),
        Value::ChronoDateTimeUtc(value) => put_typed(data, &value, &Type::TIMESTAMPTZ),
        other => anyhow::bail!("no COPY format for the type of {other:?}"),
    }
}

/// A value with its length before it; a null has the length -1.
fn put_typed(data: &mut BytesMut, value: &impl ToSql, ty: &Type) -> anyhow::Result<()> {
    let start = data.len();
    data.put_i32(0);
    let body = start + size_of::<i32>();
    let length = match value.to_sql(ty, data).map_err(anyhow::Error::from_boxed)? {
        IsNull::Yes => -1,
        IsNull::No => i32::try_from(data.len() - body)?,
    };
    data[start..body].copy_from_slice(&length.to_be_bytes());
    Ok(())
}
