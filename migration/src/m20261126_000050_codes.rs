//! Codes in place of words: a field of type `Code` holds codes of its list, and words stand in the list
//! (`entity/data/codes.csv`).
//!
//! Words of lists that were given as words became numbers in their order; what the lists do not have
//! became "other" (9). Going back restores the words; those of several that became one code come back as the
//! first of them.

use sea_orm_migration::prelude::*;

/// Words and the codes that they became.
type Words = &'static [(&'static str, &'static str)];

const HUKOU_TYPE: Words = &[("农业", "1"), ("非农业", "2"), ("居民户口", "3")];
const EXPECTED_STAY: Words =
    &[("<1月", "1"), ("1-3月", "2"), ("3-6月", "3"), ("≥6月", "4"), ("≥1年", "5"), ("长期", "6")];
const MOVE_REASON: Words = &[
    ("务工经商", "1"),
    ("随迁", "2"),
    ("投靠", "3"),
    ("学习", "4"),
    ("婚嫁", "5"),
    ("出差", "6"),
    ("就医", "7"),
    ("旅游", "8"),
    ("探亲", "9"),
    ("访友", "10"),
    ("其他", "99"),
];
const DWELLING_TYPE: Words =
    &[("租赁", "1"), ("自购", "2"), ("单位宿舍", "3"), ("工地", "4"), ("寄住", "5")];
const PERMIT_STATUS: Words = &[("有效", "1"), ("中止", "2"), ("注销", "3")];
const GUARDIAN_ROLE: Words = &[
    ("配偶", "1"),
    ("父母", "2"),
    ("子女", "3"),
    ("祖父母", "4"),
    ("兄弟姐妹", "5"),
    ("其他", "6"),
];
const BLOOD_TYPE: Words = &[("A", "1"), ("B", "2"), ("O", "3"), ("AB", "4"), ("不详", "5")];
const SITE: Words = &[
    ("左上臂", "1"),
    ("右上臂", "2"),
    ("左大腿", "3"),
    ("右大腿", "4"),
    ("口服", "5"),
    // The list tells left from right, which the word did not.
    ("大腿前外侧", "9"),
];
const CAMPAIGN_TYPE: Words =
    &[("常规", "1"), ("查漏补种", "2"), ("补充免疫", "3"), ("群体性", "4"), ("应急", "5")];
const CASE_CLASSIFICATION: Words =
    &[("疑似", "1"), ("临床诊断", "2"), ("确诊", "3"), ("病原携带者", "4")];
const DISEASE_CLASS: Words =
    &[("甲", "1"), ("乙", "2"), ("丙", "3"), ("甲类", "1"), ("乙类", "2"), ("丙类", "3")];
const POPULATION_GROUP: Words = &[
    ("幼托儿童", "01"),
    ("散居儿童", "02"),
    ("学生", "03"),
    ("教师", "04"),
    ("保育员及保姆", "05"),
    ("餐饮食品业", "06"),
    ("公共场所服务员", "07"),
    ("商业服务", "08"),
    ("医务人员", "09"),
    ("工人", "10"),
    ("民工", "11"),
    ("农民", "12"),
    ("牧民", "13"),
    ("渔(船)民", "14"),
    ("海员及长途驾驶员", "15"),
    ("干部职员", "16"),
    ("离退人员", "17"),
    ("家务及待业", "18"),
    ("不详", "19"),
    ("其他", "20"),
];
const SETTING: Words = &[("建筑工地", "1"), ("商贸市场", "2"), ("生产加工企业", "3")];
const HIGH_RISK: Words = &[("低风险", "1"), ("一般风险", "2"), ("较高风险", "2")];
const OUTCOME: Words = &[
    ("活产", "1"),
    ("死胎死产", "2"),
    ("自然流产", "3"),
    ("人工流产", "4"),
    ("引产", "5"),
    ("异位妊娠", "6"),
];
const ASSISTANCE: Words = &[
    ("最低生活保障", "1"),
    ("低保", "1"),
    ("特困供养", "2"),
    ("特困", "2"),
    ("医疗救助", "3"),
    ("临时救助", "4"),
    ("流浪乞讨救助", "5"),
];
const ORGANIZATION_KIND: Words = &[
    ("社区卫生服务中心", "community_health_centre"),
    ("医院", "hospital"),
    ("精神专科", "psychiatric_hospital"),
    ("传染病", "infectious_hospital"),
    ("戒毒", "detoxification"),
    ("生殖", "reproductive_hospital"),
];

/// Columns that hold one code.
#[rustfmt::skip]
const CODES: &[(&str, &str, Words)] = &[
    ("household_registration", "hukou_type", HUKOU_TYPE),
    ("residence_registration", "expected_stay", EXPECTED_STAY),
    ("residence_registration", "move_reason", MOVE_REASON),
    ("residence_registration", "dwelling_type", DWELLING_TYPE),
    ("residence_registration_collected", "expected_stay", EXPECTED_STAY),
    ("residence_registration_collected", "move_reason", MOVE_REASON),
    ("residence_registration_collected", "dwelling_type", DWELLING_TYPE),
    ("residence_notice", "expected_stay", EXPECTED_STAY),
    ("residence_notice", "forwarded_to_kind", ORGANIZATION_KIND),
    ("residence_permit", "permit_status", PERMIT_STATUS),
    ("household_member", "guardian_role", GUARDIAN_ROLE),
    ("health_record", "blood_type", BLOOD_TYPE),
    ("health_record", "managing_org_kind", ORGANIZATION_KIND),
    ("immunization_dose", "site", SITE),
    ("immunization_dose", "campaign_type", CAMPAIGN_TYPE),
    ("immunization_dose", "performer_org_kind", ORGANIZATION_KIND),
    ("infectious_disease_report", "case_classification", CASE_CLASSIFICATION),
    ("infectious_disease_report", "disease_class", DISEASE_CLASS),
    ("infectious_disease_report", "population_group", POPULATION_GROUP),
    ("infectious_disease_report", "setting_type", SETTING),
    ("infectious_disease_report", "reporting_org_kind", ORGANIZATION_KIND),
    ("stigmatized_disease_report", "reporting_org_kind", ORGANIZATION_KIND),
    ("outbreak_event", "disease_class", DISEASE_CLASS),
    ("maternal_care_record", "high_risk_screening", HIGH_RISK),
    ("maternal_care_record", "pregnancy_outcome", OUTCOME),
    ("assistance_case", "assistance_type", ASSISTANCE),
];

const ALLERGY: Words =
    &[("无", "1"), ("青霉素", "2"), ("磺胺", "3"), ("链霉素", "4"), ("其他", "5")];
const EXPOSURE: Words = &[("无", "1"), ("化学品", "2"), ("毒物", "3"), ("射线", "4")];
const DISABILITY: Words = &[
    // That there is none, which stood among the words as the form has it.
    ("1", "0"),
    ("视力", "1"),
    ("听力", "2"),
    ("言语", "3"),
    ("肢体", "4"),
    ("智力", "5"),
    ("精神", "6"),
];
const ENCOUNTER: Words = &[
    ("健康体检", "1"),
    ("门诊", "2"),
    ("健康教育", "3"),
    ("随访", "4"),
    ("孕期保健", "5"),
    ("避孕节育咨询", "6"),
    ("传染病随访", "7"),
    ("专病随访", "8"),
    ("精神障碍随访", "9"),
];
const ADVERSE_EVENT: Words = &[("发热", "1"), ("局部红肿", "2"), ("皮疹", "3")];
const CHANNEL: Words =
    &[("预约", "1"), ("通知单", "2"), ("电话", "3"), ("短信", "4"), ("手机短信", "4")];
const FINDING: Words =
    &[("正常", "1"), ("贫血", "2"), ("血压偏高", "3"), ("血糖偏高", "4"), ("恢复良好", "5")];
const DELIVERY_PLACE: Words = &[("医院", "1"), ("妇幼保健院", "2"), ("卫生院", "3"), ("家庭", "4")];
const DELIVERY_MODE: Words = &[("阴道自然分娩", "1"), ("阴道手术助产", "2"), ("剖宫产", "3")];
const TEST_RESULT: Words = &[("阴性", "1"), ("阳性", "2"), ("未出", "3")];
const BEHAVIOUR: Words =
    &[("轻度滋事", "1"), ("肇事", "2"), ("肇祸", "3"), ("自伤", "4"), ("自杀未遂", "5")];
const ESCORT: Words = &[("护送就医", "1")];
const SCREENING: Words = &[("先天性甲状腺功能减低症", "1"), ("苯丙酮尿症", "2"), ("听力", "3")];
const SCREENING_RESULT: Words = &[("阴性", "1"), ("阳性", "2"), ("可疑", "3")];
const OBSERVATION: Words = &[("血压", "4"), ("空腹血糖", "5")];
const REWARD: Words = &[("独生子女父母奖励", "1")];

/// Columns of JSON: the member that holds a code, or none where the items are codes.
#[rustfmt::skip]
const JSON: &[(&str, &str, Option<&str>, Words)] = &[
    ("health_record", "allergies", None, ALLERGY),
    ("health_record", "exposures", None, EXPOSURE),
    ("health_record", "disabilities", None, DISABILITY),
    ("health_record", "service_records_general", Some("service"), ENCOUNTER),
    ("health_record", "service_records_reproductive", Some("service"), ENCOUNTER),
    ("health_record", "service_records_infectious", Some("service"), ENCOUNTER),
    ("health_record", "service_records_stigmatized", Some("service"), ENCOUNTER),
    ("health_record", "service_records_mental", Some("service"), ENCOUNTER),
    ("immunization_card", "adverse_event", Some("code"), ADVERSE_EVENT),
    ("immunization_dose", "adverse_event", Some("code"), ADVERSE_EVENT),
    ("immunization_card", "reminder", Some("channel"), CHANNEL),
    ("maternal_care_record", "antenatal_visits", Some("finding"), FINDING),
    ("maternal_care_record", "postpartum_visits", Some("finding"), FINDING),
    ("maternal_care_record", "delivery", Some("placeKind"), DELIVERY_PLACE),
    ("maternal_care_record", "delivery", Some("mode"), DELIVERY_MODE),
    ("maternal_care_record", "pmtct_hiv", Some("result"), TEST_RESULT),
    ("maternal_care_record", "pmtct_syphilis", Some("result"), TEST_RESULT),
    ("maternal_care_record", "pmtct_hep_b", Some("result"), TEST_RESULT),
    ("severe_mental_disorder_record", "dangerous_behaviours", Some("behaviour"), BEHAVIOUR),
    ("severe_mental_disorder_record", "safety_escort", Some("code"), ESCORT),
    ("child_care_record", "newborn_visits", Some("finding"), FINDING),
    ("child_care_record", "health_checks", Some("finding"), FINDING),
    ("child_care_record", "newborn_screening", Some("code"), SCREENING),
    ("child_care_record", "newborn_screening", Some("result"), SCREENING_RESULT),
    ("chronic_care_record", "blood_pressure", Some("code"), OBSERVATION),
    ("chronic_care_record", "fasting_glucose", Some("code"), OBSERVATION),
    ("family_planning_service", "reward_benefit", Some("code"), REWARD),
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        for (table, column, words) in CODES {
            database.execute_unprepared(&recode(table, column, words, |pair| *pair)).await?;
        }
        for (table, column, member, words) in JSON {
            database.execute_unprepared(&rewrite(table, column, *member, words)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        for (table, column, words) in CODES {
            let back = recode(table, column, words, |(word, code)| (*code, *word));
            database.execute_unprepared(&back).await?;
        }
        for (table, column, member, words) in JSON {
            database.execute_unprepared(&restore(table, column, *member, words)).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Other values in a column, each row once: those of a table are many.
fn recode(
    table: &str,
    column: &str,
    words: Words,
    pair: impl Fn(&'static (&'static str, &'static str)) -> (&'static str, &'static str),
) -> String {
    let pairs: Vec<(&str, &str)> = words.iter().map(pair).collect();
    let cases: Vec<String> =
        pairs.iter().map(|(from, to)| format!("WHEN '{from}' THEN '{to}'")).collect();
    let known: Vec<String> = pairs.iter().map(|(from, _)| format!("'{from}'")).collect();
    format!(
        "UPDATE {table} SET {column} = CASE {column} {} END WHERE {column} IN ({})",
        cases.join(" "),
        known.join(", ")
    )
}

/// Other words within JSON. A quote within a text is written with a backslash before it, so no part of a text
/// looks like one of the words between quotes.
fn rewrite(table: &str, column: &str, member: Option<&str>, words: Words) -> String {
    let pairs =
        |(word, code): &(&str, &str)| quoted(member, word).into_iter().zip(quoted(member, code));
    replace(table, column, words.iter().flat_map(pairs))
}

/// The same back, the last word first: of several words of one code the first.
fn restore(table: &str, column: &str, member: Option<&str>, words: Words) -> String {
    let first = |(place, (_, code)): &(usize, &(&str, &str))| {
        words.iter().position(|(_, known)| known == code) == Some(*place)
    };
    let pairs = |(_, (word, code)): (usize, &(&str, &str))| {
        quoted(member, code).into_iter().zip(quoted(member, word))
    };
    replace(table, column, words.iter().enumerate().rev().filter(first).flat_map(pairs))
}

/// How a value stands in JSON: behind the name of its member, with a space and without, or by itself.
fn quoted(member: Option<&str>, value: &str) -> Vec<String> {
    match member {
        None => vec![format!("\"{value}\"")],
        Some(member) => ["", " "].map(|space| format!("\"{member}\":{space}\"{value}\"")).into(),
    }
}

fn replace(table: &str, column: &str, pairs: impl Iterator<Item = (String, String)>) -> String {
    let new = pairs
        .fold(column.to_owned(), |inner, (from, to)| format!("REPLACE({inner}, '{from}', '{to}')"));
    format!("UPDATE {table} SET {column} = {new} WHERE {column} IS NOT NULL")
}
