//! 抽样调查: sample survey (seed A 三(二); seed B 二(二), 三(一)).
//!
//! Rows are counts of answers already and tell of nobody.

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, ProtectedRows, Shared, Sharing, Subject, rows};

/// One row: sample survey.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit_code: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub instrument: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub wave: Option<String>,
    pub period_from: Option<Date>,
    pub period_until: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub stratum: Option<String>,
    pub stratum_size: Option<i32>,
    pub sample_size: Option<i32>,
    pub valid_answers: Option<i32>,
    pub pass_mark: Option<i32>,
    pub passed_count: Option<i32>,
    pub wanted_count: Option<i32>,
    pub got_count: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub answer_counts: Option<String>,
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
            name: "Survey",
            single: "survey",
            plural: "surveys",
            label_zh: "抽样调查",
            label_en: "sample survey",
            standard: "seed A 三(二); seed B 二(二), 三(一)",
            group: Group::G23,
            class: Class::C1,
            subject: Subject::figures(Column::UnitId),
            ended_by: None,
            protected: Some(ProtectedRows::Reserved {
                column: Column::Instrument.as_str(),
                value: "4",
                roles: &["HF", "HO", "HA"],
            }),
            persons: None,
            relations: vec![],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::UnitId => Key,
            Column::UnitCode => Field(field("unit", Code, G23, C1, Mask::Plain, Health).label("调查范围(管理单元)", "area").codes(&ADMIN_UNIT).standard("no subject; scope j")),
            Column::Instrument => Field(field("instrument", Code, G23, C1, Mask::Plain, Health).label("调查工具", "instrument").codes(&INSTRUMENT).standard("1政策知晓率 2健康素养 3满意度与幸福感 4避孕药具可得性")),
            Column::Wave => Field(field("wave", String, G23, C1, Mask::Plain, Health).label("批次", "wave").standard("YYYY or YYYYQn")),
            Column::PeriodFrom => Field(field("periodFrom", Date, G23, C1, Mask::Plain, Health).label("调查开始", "from")),
            Column::PeriodUntil => Field(field("periodUntil", Date, G23, C1, Mask::Plain, Health).label("调查结束", "until")),
            Column::Stratum => Field(field("stratum", String, G23, C1, Mask::Plain, Health).label("层", "stratum").standard("names no person; a wave has one row for each unit and stratum")),
            Column::StratumSize => Field(field("stratumSize", Int, G23, C1, Mask::AggregateOnly, Health).label("层内人数", "size of the stratum").standard("weight of the stratum")),
            Column::SampleSize => Field(field("sampleSize", Int, G23, C1, Mask::AggregateOnly, Health).label("样本数", "size of the sample").standard("drawn")),
            Column::ValidAnswers => Field(field("validAnswers", Int, G23, C1, Mask::AggregateOnly, Health).label("有效问卷数", "valid answers").standard("≤ sampleSize")),
            Column::PassMark => Field(field("passMark", Rate, G23, C1, Mask::Plain, Health).label("合格分", "pass mark").standard("share of the points: 0.80 for instrument 2; the instrument says it for 1")),
            Column::PassedCount => Field(field("passedCount", Int, G23, C1, Mask::AggregateOnly, Health).label("合格问卷数", "answers that pass").standard("T10, T13: answers at or above passMark")),
            Column::WantedCount => Field(field("wantedCount", Int, G23, C1, Mask::AggregateOnly, Health).label("有需求人数", "number who wanted").standard("T8 and T7 variant: wanted the free supplies or service")),
            Column::GotCount => Field(field("gotCount", Int, G23, C1, Mask::AggregateOnly, Health).label("获得人数", "number who got").standard("of wantedCount")),
            Column::AnswerCounts => Field(field("answerCounts", Objects(&structure::ANSWER_COUNT), G23, C1, Mask::AggregateOnly, Health).label("各题答案计数", "counts of answers").standard("(question, answer, count); no person")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
