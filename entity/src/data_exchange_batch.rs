//! 信息对接批次: exchange batch (seed A 三(四); GB/T 21063; 政务数据共享条例).
//!
//! The head of a batch and what came of it; its rows are not here.

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, Shared, Sharing, Subject, rows};

/// One row: exchange batch.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_exchange_batch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub direction: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub flow: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub sender: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub receiver: Option<String>,
    pub sequence: Option<i32>,
    pub as_of: Option<Date>,
    pub received_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub status: Option<String>,
    pub open_until: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub matched: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub rows_by_disposition: Option<String>,
    pub entry_rate: Option<i32>,
    pub duplicate_rate: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub quality_issue: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "DataExchangeBatch",
            single: "dataExchangeBatch",
            plural: "dataExchangeBatches",
            label_zh: "信息对接批次",
            label_en: "exchange batch",
            standard: "seed A 三(四); GB/T 21063; 政务数据共享条例",
            group: Group::G32,
            class: Class::C1,
            subject: Subject::unit(Column::UnitId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::UnitId => Key,
            Column::Direction => Field(field("direction", Code, G32, C1, Mask::Plain, Gateway).label("方向", "direction").codes(&EXCHANGE_DIRECTION).standard("1公安→卫生 2卫生→公安")),
            Column::Flow => Field(field("flow", Code, G32, C1, Mask::Plain, Gateway).label("对接流程", "flow").codes(&EXCHANGE_FLOW).standard("F1..F12 of exchange.md §2")),
            Column::Sender => Field(field("sender", String, G32, C1, Mask::Plain, Gateway).label("发送方", "sender").standard("unit, department, organization")),
            Column::Receiver => Field(field("receiver", String, G32, C1, Mask::Plain, Gateway).label("接收方", "receiver").standard("unit, department, organization")),
            Column::Sequence => Field(field("sequence", Int, G32, C1, Mask::Plain, Gateway).label("序号", "sequence").standard("per sender, receiver, flow")),
            Column::AsOf => Field(field("asOf", Date, G32, C1, Mask::Plain, Gateway).label("数据时点", "as of").standard("manifest asOf")),
            Column::ReceivedAt => Field(field("receivedAt", DateTime, G32, C1, Mask::Plain, Gateway).label("接收时间", "received at")),
            Column::Status => Field(field("status", Code, G32, C1, Mask::Plain, Gateway).label("批次状态", "status").codes(&BATCH_STATUS).standard("1接受 2拒收 3暂存(缺号/待审) 4已关闭")),
            Column::OpenUntil => Field(field("openUntil", Date, G32, C1, Mask::Plain, Gateway).label("开放截止", "open until").standard("receivedAt + 30 days (E-07)")),
            Column::Matched => Field(field("matched", Codes, G32, C2, Mask::AggregateOnly, Gateway).label("比对结果", "results of matching").codes(&MATCHED).standard("1一致 2新增 3变更 4冲突 5重复 6疑似 7未匹配")),
            Column::RowsByDisposition => Field(field("rowsByDisposition", Objects(&structure::DISPOSITION_COUNT), G32, C1, Mask::AggregateOnly, Gateway).label("各结果行数", "rows by result").standard("(matched, rows)")),
            Column::EntryRate => Field(field("entryRate", Rate, G29, C0, Mask::Plain, Gateway).label("入库率", "rate of entry")),
            Column::DuplicateRate => Field(field("duplicateRate", Rate, G29, C0, Mask::Plain, Gateway).label("重复采集率", "rate of duplicates")),
            Column::QualityIssue => Field(field("qualityIssue", Objects(&structure::ISSUE), G32, C2, Mask::AggregateOnly, Gateway).label("质量问题", "findings on quality").standard("真实性/完整性/科学性(一致性)/时效性")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
