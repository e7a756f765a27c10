//! 指标: indicator (seed A 四(二); seed B 一, 三).
//!
//! Figures that were worked out and frozen; a correction is a further version.

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, Shared, Sharing, Subject, rows};

/// One row: indicator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub indicator_id: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit_code: Option<String>,
    pub as_of: Date,
    #[sea_orm(column_type = "Text", nullable)]
    pub population_edition: Option<String>,
    pub value: Option<i32>,
    pub numerator: Option<i32>,
    pub denominator: Option<i32>,
    pub suppressed: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub not_computable: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub definition_version: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub document: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub funding_payer: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub funding_basis_kind: Option<String>,
    pub funding_basis: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub supervision_round: Option<String>,
    pub version: Option<i32>,
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
            name: "Indicator",
            single: "indicator",
            plural: "indicators",
            label_zh: "指标",
            label_en: "indicator",
            standard: "seed A 四(二); seed B 一, 三",
            group: Group::G29,
            class: Class::C0,
            subject: Subject::figures(Column::UnitId),
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
            Column::IndicatorId => Field(field("indicatorId", Code, G29, C0, Mask::Plain, Gateway).label("指标编号", "indicator").codes(&INDICATOR).standard("ids of indicators.csv")),
            Column::UnitCode => Field(field("unit", Code, G29, C0, Mask::Plain, Gateway).label("管理单元", "unit").codes(&ADMIN_UNIT).standard("no subject")),
            Column::AsOf => Field(field("asOf", Date, G29, C0, Mask::Plain, Gateway).label("时点", "as of").standard("period: its last day")),
            Column::PopulationEdition => Field(field("populationEdition", Code, G29, C0, Mask::Plain, Gateway).label("口径", "definition of migrants").codes(&MIGRANT_DEFINITION).standard("FP-2009 HEALTH GW")),
            Column::Value => Field(field("value", Rate, G29, C0, Mask::AggregateOnly, Gateway).label("指标值", "value").standard("suppressed/rounded")),
            Column::Numerator => Field(field("numerator", Int, G29, C0, Mask::Plain, Gateway).label("分子", "numerator").standard("empty where suppressed")),
            Column::Denominator => Field(field("denominator", Int, G29, C0, Mask::Plain, Gateway).label("分母", "denominator").standard("empty where suppressed")),
            Column::Suppressed => Field(field("suppressed", Boolean, G29, C0, Mask::Plain, Gateway).label("已抑制", "suppressed")),
            Column::NotComputable => Field(field("notComputable", Code, G29, C0, Mask::Plain, Gateway).label("不可计算原因", "why not computable").codes(&NOT_COMPUTABLE).standard("1无漏报调查 2无申请或调查 3样本不足 9其他")),
            Column::DefinitionVersion => Field(field("definitionVersion", String, G29, C0, Mask::Plain, Gateway).label("定义版本", "version of the definition")),
            Column::Document => Field(field("document", Code, G29, C0, Mask::Plain, Gateway).label("文件", "document").codes(&DOCUMENT).standard("A B")),
            Column::FundingPayer => Field(field("fundingPayer", Code, G29, C1, Mask::Plain, Gateway).label("拨付方", "payer").codes(&FUNDING_PAYER).standard("1中央 2省 3地方; never merged (rules §0)")),
            Column::FundingBasisKind => Field(field("fundingBasisKind", Code, G29, C1, Mask::Plain, Gateway).label("测算口径", "basis of funding").codes(&FUNDING_BASIS).standard("1常住人口 2流入人口")),
            Column::FundingBasis => Field(field("fundingBasis", Int, G29, C1, Mask::AggregateOnly, Health).label("经费测算人数", "persons funding is reckoned by").steward("财政").style("ROUND5").standard("常住人口 / 流入人口 by region")),
            Column::SupervisionRound => Field(field("supervisionRound", Object(&structure::REPORT), G29, C1, Mask::Plain, Health).label("督导检查", "round of supervision").standard("quarterly (A)")),
            Column::Version => Field(field("version", Int, G29, C1, Mask::Plain, Gateway).label("冻结版本", "version").standard("a correction is a new version with a reason")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
