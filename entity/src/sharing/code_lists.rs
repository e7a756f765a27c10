//! The code lists, each named after its field.
//!
//! Only lists that are closed are here, and the forms of those that are long or grow. A field
//! without either (places of injection, units, organizations) takes any text.

use super::code_list::{CodeList, Codes, formed, list, listed};

pub static DEPARTMENTS: CodeList = list("departments", Codes::Departments);
pub static FIELD_GROUPS: CodeList = list("field groups", Codes::Groups);
pub static PURPOSES: CodeList = list("purposes", Codes::Purposes);
pub static ID_TYPE: CodeList =
    listed("WS 364.3 CV02.01.101", &["01", "02", "03", "04", "05", "06", "07", "99"]);
pub static SEX: CodeList = listed("GB/T 2261.1-2003", &["0", "1", "2", "9"]);
pub static ETHNICITY: CodeList = formed("GB/T 3304-1991", "01 to 56, 97 or 98", |code| {
    let digits = code.len() == 2 && is_digits(code);
    digits && matches!(code.parse(), Ok(1..=56 | 97 | 98_u8))
});
pub static NATIONALITY: CodeList = formed("GB/T 2659", "three capital letters", |code| {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
});
pub static MARITAL_STATUS: CodeList =
    listed("GB/T 2261.2-2003", &["10", "20", "21", "22", "23", "30", "40", "90"]);
pub static EDUCATION: CodeList =
    formed("GB/T 4658-2006", "two digits", |code| code.len() == 2 && is_digits(code));
pub static VITAL_STATUS: CodeList = listed("vital status", &["alive", "deceased", "unknown"]);
pub static AGE_BAND: CodeList =
    listed("age bands", &["0-6", "7-13", "14-17", "18-49", "50-64", "65+"]);
pub static REGION_OF_HUKOU: CodeList =
    formed("GB/T 2260", "six digits", |code| code.len() == 6 && is_digits(code));
pub static HUKOU_TYPE: CodeList = listed("hukou types", &["农业", "非农业", "居民户口"]);
pub static REGISTRATION_KIND: CodeList = listed("registration kinds", &["1", "2"]);
pub static REGION_OF_RESIDENCE: CodeList = formed(
    "GB/T 2260 with street and community",
    "6, 9 or 12 digits, or a unit without: JL- and three letters",
    |code| {
        let of_unit = code.strip_prefix("JL-").unwrap_or_default();
        matches!(code.len(), 6 | 9 | 12) && is_digits(code)
            || of_unit.len() == 3 && of_unit.bytes().all(|b| b.is_ascii_uppercase())
    },
);
/// Of any level; below a management unit, which GB/T 2260 does not know, by its own code and numbers.
pub static UNIT: CodeList = formed(
    "administrative units",
    "6, 9 or 12 digits; below JL- and three letters up to two times three digits after hyphens",
    |code| match code.strip_prefix("JL-").map(|code| code.split('-').collect::<Vec<_>>()) {
        None => matches!(code.len(), 6 | 9 | 12) && is_digits(code),
        Some(parts) => {
            let [letters, numbers @ ..] = &parts[..] else { return false };
            letters.len() == 3
                && letters.bytes().all(|b| b.is_ascii_uppercase())
                && numbers.len() <= 2
                && numbers.iter().all(|number| number.len() == 3 && is_digits(number))
        }
    },
);
pub static EXPECTED_STAY: CodeList =
    listed("expected stays", &["<1月", "1-3月", "3-6月", "≥6月", "≥1年", "长期"]);
pub static MOVE_REASON: CodeList = listed(
    "reasons of moving",
    &["务工经商", "随迁", "投靠", "学习", "婚嫁", "出差", "就医", "旅游", "探亲", "访友", "其他"],
);
pub static DWELLING_TYPE: CodeList =
    listed("dwelling types", &["租赁", "自购", "单位宿舍", "工地", "寄住"]);
pub static PERMIT_STATUS: CodeList = listed("permit statuses", &["有效", "中止", "注销"]);
pub static RELATION: CodeList =
    formed("GB/T 4761", "two digits", |code| code.len() == 2 && is_digits(code));
pub static EMPLOYMENT_STATUS: CodeList = listed(
    "GB/T 2261.4-2003",
    &["11", "13", "17", "21", "24", "27", "31", "37", "51", "54", "70", "80", "90"],
);
pub static OCCUPATION: CodeList =
    formed("GB/T 6565-2015", "a digit, and up to three pairs of digits after hyphens", |code| {
        let mut parts = code.split('-');
        let major = parts.next().is_some_and(|part| part.len() == 1 && is_digits(part));
        major && code.len() <= 10 && parts.all(|part| part.len() == 2 && is_digits(part))
    });
pub static INDUSTRY: CodeList = formed(
    "GB/T 4754",
    "a letter from A to T, and up to four digits",
    |code| matches!(code.as_bytes(), [b'A'..=b'T', digits @ ..] if digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit)),
);
pub static BLOOD_TYPE: CodeList = listed("blood types", &["A", "B", "O", "AB", "不详"]);
pub static PAYMENT_METHOD: CodeList =
    listed("payment methods", &["1", "2", "3", "4", "5", "6", "7", "8"]);
pub static VACCINE_CODE: CodeList = listed(
    "vaccines of the immunization programme",
    &[
        "HepB", "BCG", "IPV", "OPV", "bOPV", "DTaP", "DT", "MMR", "MR", "JE-L", "JE-I", "MPSV-A",
        "MPSV-AC", "HepA-L", "HepA-I",
    ],
);
pub static CAMPAIGN_TYPE: CodeList =
    listed("campaign types", &["常规", "查漏补种", "补充免疫", "群体性", "应急"]);
pub static REPORT_CATEGORY: CodeList = listed("report categories", &["1", "2"]);
pub static CASE_CLASSIFICATION: CodeList =
    listed("case classifications", &["疑似", "临床诊断", "确诊", "病原携带者"]);
pub static PATIENT_BELONGS_TO: CodeList = listed("CV02.01.104", &["1", "2", "3", "4", "5", "6"]);
pub static ICD_10: CodeList =
    formed("ICD-10", "a letter, two digits, and up to two digits after a point", is_icd10);
pub static INSIGHT: CodeList = listed("insight", &["1", "2", "3"]);
pub static MEDICATION_ADHERENCE: CodeList = listed("medication adherence", &["1", "2", "3", "4"]);
pub static RESTRAINT: CodeList = listed("restraint", &["1", "2", "3"]);
pub static LOST_TO_FOLLOW_UP: CodeList =
    listed("reasons of loss to follow-up", &["1", "2", "3", "4", "5"]);
pub static CASE_REASON: CodeList = listed(
    "reasons of audit cases",
    &["COMPLAINT", "INCIDENT", "UNUSUAL_ACCESS", "AUTHORITY", "SPOT_CHECK", "REQUEST"],
);
pub static INCOME_CHECK_RESULT: CodeList = listed("income check results", &["pass", "fail"]);
pub static CERTIFICATE: CodeList =
    listed("certificates of skills training", &["0", "1", "2", "3", "4", "5", "6", "7"]);
pub static CONTRACEPTIVE_METHOD: CodeList =
    listed("contraceptive methods", &["0", "1", "2", "3", "4", "5", "6", "7", "9"]);
pub static PROGRAMME: CodeList = listed("programmes of care", &["1", "2", "3", "4"]);
pub static CONTROL_CLASS: CodeList = listed("classes of control", &["1", "2", "3", "4"]);
pub static TCM_CONSTITUTION: CodeList =
    listed("constitutions in Chinese medicine", &["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
pub static IDENTITY_STATUS: CodeList = listed("identity of a patient", &["1", "2", "3"]);
pub static DIAGNOSIS_GROUP: CodeList = listed(
    "chapters of ICD-10",
    &[
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV",
        "XV", "XVI", "XVII", "XVIII", "XIX", "XX", "XXI", "XXII",
    ],
);
pub static LEFT_BEHIND_KIND: CodeList = listed("kinds of the left-behind", &["1", "2"]);
pub static NOTICE_SOURCE: CodeList = listed("sources of notices", &["1", "2", "3"]);
pub static NOTICE_STATUS: CodeList = listed("statuses of notices", &["1", "2", "3", "4"]);
pub static REFUSAL_REASON: CodeList =
    listed("reasons for refusing a notice", &["1", "2", "3", "4", "9"]);
pub static SERVICE: CodeList = listed("services.csv", crate::service::CODES);
pub static VENUE_TYPE: CodeList = listed("venues", &["1", "2", "3", "4", "5", "6"]);
pub static CHANNEL: CodeList = listed("channels of education", &["1", "2", "3", "4", "5"]);
pub static TOPIC: CodeList = listed("topics of education", &["1", "2", "3", "4", "5"]);
pub static SETTING_TYPE: CodeList = listed("kinds of settings", &["1", "2", "3", "9"]);
pub static CAMPAIGN_KIND: CodeList = listed("kinds of campaigns", &["2", "3", "4", "5"]);
pub static INSTRUMENT: CodeList = listed("instruments of surveys", &["1", "2", "3", "4"]);
pub static FACILITY_KIND: CodeList = listed("kinds of facilities", &["1", "2", "3", "4"]);
pub static INDICATOR: CodeList = listed(
    "indicators.csv",
    &[
        "T1",
        "T1-series",
        "T1-eligible",
        "T1b",
        "T2",
        "T2-all",
        "T3",
        "T3-all",
        "T4",
        "T4-dynamic",
        "T5",
        "T6",
        "T6-men",
        "T7",
        "T7-survey",
        "T8",
        "T9",
        "T10",
        "T11",
        "T11-fallback",
        "T12",
        "T13",
        "T14",
        "X1",
        "X2",
        "X3",
        "X4",
        "X5",
        "X6",
        "X7",
        "X8",
        "X9",
        "X10",
        "X11a",
        "X11b",
        "X12a",
        "X12b",
        "SAT",
    ],
);
pub static MIGRANT_DEFINITION: CodeList =
    listed("definitions of migrants", &["FP-2009", "HEALTH", "GW"]);
pub static NOT_COMPUTABLE: CodeList =
    listed("reasons why a figure cannot be computed", &["1", "2", "3", "9"]);
pub static DOCUMENT: CodeList = listed("documents", &["A", "B"]);
pub static FUNDING_PAYER: CodeList = listed("payers", &["1", "2", "3"]);
pub static FUNDING_BASIS: CodeList = listed("bases of funding", &["1", "2"]);
pub static DIRECTION: CodeList = listed("directions of exchange", &["1", "2"]);
pub static FLOW: CodeList = listed(
    "flows of exchange",
    &["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"],
);
pub static BATCH_STATUS: CodeList = listed("statuses of batches", &["1", "2", "3", "4"]);
pub static MATCHED: CodeList = listed("results of matching", &["1", "2", "3", "4", "5", "6", "7"]);
pub static CONDITION_CLASS: CodeList = listed("classes of a condition", &["1", "2", "3"]);
pub static ID_MISSING_REASON: CodeList =
    listed("reasons for having no number", &["1", "2", "3", "4", "9"]);

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_icd10(code: &str) -> bool {
    let (category, detail) = code.split_once('.').unwrap_or((code, "0"));
    let is_category = matches!(category.as_bytes(), [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9']);
    is_category && (1..=2).contains(&detail.len()) && is_digits(detail)
}
