//! 居民健康档案: resident health record (国家基本公共卫生服务规范; WS 365-2011; WS/T 483).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: resident health record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "health_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub record_number: Option<String>,
    pub established_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub managing_org: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub managing_org_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub responsible_doctor: Option<String>,
    pub standardized: Option<bool>,
    pub last_updated_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub blood_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub allergies: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub exposures: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub surgeries_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub surgeries_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub family_history: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub disabilities: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub living_environment: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub payment_method: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub record_due: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub traumas: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub transfusions: Option<String>,
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
            name: "HealthRecord",
            single: "healthRecord",
            plural: "healthRecords",
            label_zh: "居民健康档案",
            label_en: "resident health record",
            standard: "国家基本公共卫生服务规范; WS 365-2011; WS/T 483",
            group: Group::G13,
            class: Class::C1,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("healthRecords", "健康档案"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::RecordNumber => Field(field("recordNumber", String, G13, C2, Mask::Redact, Health).label("健康档案编号", "health record number").standard("17 digits = 6 region + 3 street + 3 village/community + 5 serial; leaks community").identifies()),
            Column::EstablishedOn => Field(field("establishedOn", Date, G13, C2, Mask::YearMonth, Health).label("建档日期", "established on").coarse(Mask::Redact)),
            Column::ManagingOrg => Internal("read through managingOrg, which generalizes disclosing organizations"),
            Column::ManagingOrgKind => Internal("decides how managingOrg is generalized"),
            Column::ResponsibleDoctor => Field(field("responsibleDoctor", String, G13, C1, Mask::Plain, Health).label("责任医生", "responsible doctor").coarse(Mask::Redact)),
            Column::Standardized => Field(field("standardized", Boolean, G13, C1, Mask::Predicate, Gateway).label("规范化建档标志", "record meets the standard").steward("derived").standard("all required items complete + e-record")),
            Column::LastUpdatedOn => Field(field("lastUpdatedOn", Date, G13, C1, Mask::YearMonth, Health).label("最近更新日期", "last updated on").standard("seed B: 及时更新").coarse(Mask::Redact)),
            Column::BloodType => Field(field("bloodType", Code, G14, C3, Mask::Redact, Health).label("血型", "blood type").codes(&BLOOD_TYPE).standard("1A 2B 3O 4AB 5不详; RH")),
            Column::Allergies => Field(field("allergies", Codes, G14, C3, Mask::Redact, Health).label("药物过敏史", "allergies").codes(&ALLERGY).standard("1无 2青霉素 3磺胺 4链霉素 5其他")),
            Column::Exposures => Field(field("exposures", Codes, G14, C3, Mask::Redact, Health).label("暴露史", "exposures").codes(&EXPOSURE).standard("1无 2化学品 3毒物 4射线")),
            Column::PastDiseasesGeneral => Internal("items of group G14; read through the list field"),
            Column::PastDiseasesInfectious => Internal("items of group G19; read through the list field"),
            Column::PastDiseasesStigmatized => Internal("items of group G20; read through the list field"),
            Column::PastDiseasesMental => Internal("items of group G21; read through the list field"),
            Column::SurgeriesGeneral => Internal("items of group G14; read through the list field"),
            Column::SurgeriesReproductive => Internal("items of group G18; read through the list field"),
            Column::FamilyHistory => Field(field("familyHistory", Codes, G14, C3, Mask::Redact, Health).label("家族史", "family history").codes(&PAST_DISEASE).standard("about third parties")),
            Column::Disabilities => Field(field("disabilities", Codes, G14, C3, Mask::Redact, Health).label("残疾情况", "disabilities").codes(&DISABILITY).standard("0无 1视力 2听力 3言语 4肢体 5智力 6精神")),
            Column::LivingEnvironment => Field(field("livingEnvironment", Code, G14, C2, Mask::Redact, Health).label("生活环境", "living environment").codes(&LIVING_ENVIRONMENT).standard("厨房排风/燃料/饮水/厕所")),
            Column::PaymentMethod => Field(field("paymentMethod", Code, G14, C2, Mask::Redact, Health).label("医疗费用支付方式", "payment method").codes(&PAYMENT_METHOD).standard("1职工医保 2居民医保 3新农合 4贫困救助 5商保 6全公费 7全自费 8其他")),
            Column::MainProblemsGeneral => Internal("items of group G14; read through the list field"),
            Column::MainProblemsReproductive => Internal("items of group G16 and G18; read through the list field"),
            Column::MainProblemsInfectious => Internal("items of group G19; read through the list field"),
            Column::MainProblemsStigmatized => Internal("items of group G20; read through the list field"),
            Column::MainProblemsMental => Internal("items of group G21; read through the list field"),
            Column::ServiceRecordsGeneral => Internal("items of group G14; read through the list field"),
            Column::ServiceRecordsReproductive => Internal("items of group G16 and G18; read through the list field"),
            Column::ServiceRecordsInfectious => Internal("items of group G19; read through the list field"),
            Column::ServiceRecordsStigmatized => Internal("items of group G20; read through the list field"),
            Column::ServiceRecordsMental => Internal("items of group G21; read through the list field"),
            Column::RecordDue => Internal("read through recordDue: the windows in which a record is due that is none here yet"),
            Column::Traumas => Field(field("traumas", Objects(&structure::EVENT), G14, C3, Mask::Redact, Health).label("外伤史", "traumas").standard("(name, date) or 1无; on 个人基本信息表")),
            Column::Transfusions => Field(field("transfusions", Objects(&structure::EVENT), G14, C3, Mask::Redact, Health).label("输血史", "transfusions").standard("(reason, date) or 1无; on 个人基本信息表")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }

    #[rustfmt::skip]
    fn derived() -> Vec<Derived> {
        use rows::*;
        vec![
            field("recordDue", Boolean, G13, C1, Mask::Predicate, Gateway).label("应建档", "record due").steward("derived").standard("derived: R-02").coarse(Mask::Redact).from(WithinAny(col(Column::RecordDue))),
            field("managingOrg", String, G13, C2, Mask::organization_kind(Column::ManagingOrgKind), Health).label("管理机构", "managing org").standard("org name can itself disclose (specialist hospital)").coarse(Mask::Redact).from(Generalized { name: col(Column::ManagingOrg), kind: col(Column::ManagingOrgKind) }),
            field("pastDiseases", Objects(&structure::CONDITION), G14, C3, Mask::Items, Health).label("既往史-疾病", "past diseases").standard("1无 2高血压 3糖尿病 4冠心病 5COPD 6恶性肿瘤 7脑卒中 8重性精神疾病 9结核 10肝炎 11其他法定传染病 12职业病 13其他. ITEM-LEVEL labels: 8->G21, 9/10/11->G19/G20").from(parts([(Column::PastDiseasesGeneral, G14), (Column::PastDiseasesInfectious, G19), (Column::PastDiseasesStigmatized, G20), (Column::PastDiseasesMental, G21)])),
            field("surgeries", Objects(&structure::EVENT), G14, C3, Mask::Redact, Health).label("手术史", "surgeries").standard("abortion/sterilisation items ->G18").from(parts([(Column::SurgeriesGeneral, G14), (Column::SurgeriesReproductive, G18)])),
            field("mainProblems", Objects(&structure::CONDITION), G14, C3, Mask::Items, Health).label("主要健康问题", "main problems").standard("ICD-10; seed B names it").from(parts([(Column::MainProblemsGeneral, G14), (Column::MainProblemsReproductive, G16), (Column::MainProblemsInfectious, G19), (Column::MainProblemsStigmatized, G20), (Column::MainProblemsMental, G21)])),
            field("serviceRecords", Objects(&structure::ENCOUNTER), G14, C3, Mask::Items, Health).label("卫生服务记录", "service records").standard("seed B names it").from(parts([(Column::ServiceRecordsGeneral, G14), (Column::ServiceRecordsReproductive, G16), (Column::ServiceRecordsInfectious, G19), (Column::ServiceRecordsStigmatized, G20), (Column::ServiceRecordsMental, G21)])),
        ]
    }
}
