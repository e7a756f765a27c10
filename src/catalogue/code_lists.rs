//! Code lists: what a field of type `Code` can hold. A filter by a code that its list does not have
//! would find nobody, which reads like an answer; so it is an error that names the list.
//!
//! Only lists that are closed are here, and the forms of those that are long or grow. A field
//! without either (places of injection, units, organizations) takes any text.

use entity::sharing::{Department, Group};

use crate::policy::Purpose;

/// A code list.
#[derive(Debug)]
pub struct CodeList {
    /// Its name: the standard, or the field's own list.
    pub name: &'static str,
    /// What it has.
    pub codes: Codes,
}

/// The codes of a list.
#[derive(Debug)]
pub enum Codes {
    /// These.
    Listed(Vec<&'static str>),
    /// All of a form.
    Formed {
        /// The form in words.
        form: &'static str,
        /// Whether a text has it.
        has_form: fn(&str) -> bool,
    },
}

impl CodeList {
    /// Whether the list can have a code.
    pub fn has(&self, code: &str) -> bool {
        match &self.codes {
            Codes::Listed(codes) => codes.contains(&code),
            Codes::Formed { has_form, .. } => has_form(code),
        }
    }
}

/// The list of a kind's field.
#[rustfmt::skip]
pub fn of(kind: &str, field: &str) -> Option<CodeList> {
    Some(match (kind, field) {
        (_, "collectedBy") => listed("departments", &departments()),
        ("AccessEvent", "department") | ("Consent", "recipientDepartment") => listed("departments", &departments()),
        ("AccessEvent" | "Consent", "purpose") => listed("purposes", &Purpose::ALL.map(Purpose::code)),
        ("Consent", "fieldGroup") => listed("field groups", &Group::ALL.map(Group::code)),
        ("Person", "idType") => listed("WS 364.3 CV02.01.101", &["01", "02", "03", "04", "05", "06", "07", "99"]),
        ("Person", "sex") => listed("GB/T 2261.1-2003", &["0", "1", "2", "9"]),
        ("Person", "ethnicity") => formed("GB/T 3304-1991", "01 to 56, 97 or 98", |code| {
            let digits = code.len() == 2 && is_digits(code);
            digits && matches!(code.parse(), Ok(1..=56 | 97 | 98_u8))
        }),
        ("Person", "nationality") => formed("GB/T 2659", "three capital letters", |code| {
            code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
        }),
        ("Person", "maritalStatus") => listed("GB/T 2261.2-2003", &["10", "20", "21", "22", "23", "30", "40", "90"]),
        ("Person", "education") => formed("GB/T 4658-2006", "two digits", |code| code.len() == 2 && is_digits(code)),
        ("Person", "vitalStatus") => listed("vital status", &["alive", "deceased", "unknown"]),
        ("Person", "ageBand") => listed("age bands", &["0-6", "7-13", "14-17", "18-49", "50-64", "65+"]),
        ("HouseholdRegistration", "hukouRegionCode") => formed("GB/T 2260", "six digits", |code| code.len() == 6 && is_digits(code)),
        ("HouseholdRegistration", "hukouType") => listed("hukou types", &["农业", "非农业", "居民户口"]),
        ("HouseholdRegistration", "registrationKind") => listed("registration kinds", &["1", "2"]),
        ("ResidenceRegistration", "residenceRegionCode") => {
            formed("GB/T 2260 with street and community", "6, 9 or 12 digits, or a unit without: JL- and three letters", |code| {
                let of_unit = code.strip_prefix("JL-").unwrap_or_default();
                matches!(code.len(), 6 | 9 | 12) && is_digits(code)
                    || of_unit.len() == 3 && of_unit.bytes().all(|b| b.is_ascii_uppercase())
            })
        }
        ("ResidenceRegistration", "expectedStay") => listed("expected stays", &["<1月", "1-3月", "3-6月", "≥6月", "≥1年", "长期"]),
        ("ResidenceRegistration", "moveReason") => listed("reasons of moving", &["务工经商", "随迁", "投靠", "学习", "婚嫁", "其他"]),
        ("ResidenceRegistration", "dwellingType") => listed("dwelling types", &["租赁", "自购", "单位宿舍", "工地", "寄住"]),
        ("ResidencePermit", "permitStatus") => listed("permit statuses", &["有效", "中止", "注销"]),
        ("HouseholdMember", "relation") => formed("GB/T 4761", "two digits", |code| code.len() == 2 && is_digits(code)),
        ("Employment", "employmentStatus") => listed("GB/T 2261.4-2003", &["11", "13", "17", "21", "24", "27", "31", "37", "51", "54", "70", "80", "90"]),
        ("Employment", "occupation") => formed("GB/T 6565-2015", "a digit, and up to three pairs of digits after hyphens", |code| {
            let mut parts = code.split('-');
            let major = parts.next().is_some_and(|part| part.len() == 1 && is_digits(part));
            major && code.len() <= 10 && parts.all(|part| part.len() == 2 && is_digits(part))
        }),
        ("Employment", "industry") => formed("GB/T 4754", "a letter from A to T, and up to four digits", |code| {
            matches!(code.as_bytes(), [b'A'..=b'T', digits @ ..] if digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit))
        }),
        ("HealthRecord", "bloodType") => listed("blood types", &["A", "B", "O", "AB", "不详"]),
        ("HealthRecord", "paymentMethod") => listed("payment methods", &["1", "2", "3", "4", "5", "6", "7", "8"]),
        ("ImmunizationCard", "scheduleEdition") => listed("editions of the immunization schedule", &["2008", "2016", "2021", "2025"]),
        ("ImmunizationDose", "vaccineCode") => listed("vaccines of the immunization programme", &[
            "HepB", "BCG", "IPV", "OPV", "bOPV", "DTaP", "DT", "MMR", "MR", "JE-L", "JE-I", "MPSV-A", "MPSV-AC", "HepA-L", "HepA-I",
        ]),
        ("ImmunizationDose", "campaignType") => listed("campaign types", &["常规", "查漏补种", "补充免疫", "群体性", "应急"]),
        ("InfectiousDiseaseReport", "reportCategory") => listed("report categories", &["1", "2"]),
        ("InfectiousDiseaseReport", "caseClassification") => listed("case classifications", &["疑似", "临床诊断", "确诊", "病原携带者"]),
        ("InfectiousDiseaseReport", "patientBelongsTo") => listed("CV02.01.104", &["1", "2", "3", "4", "5", "6"]),
        ("InfectiousDiseaseReport", "diseaseCode")
        | ("StigmatizedDiseaseReport", "stigmatizedDiseaseCode")
        | ("SevereMentalDisorderRecord", "diagnosis") => formed("ICD-10", "a letter, two digits, and up to two digits after a point", is_icd10),
        ("SevereMentalDisorderRecord", "insight") => listed("insight", &["1", "2", "3"]),
        ("SevereMentalDisorderRecord", "medicationAdherence") => listed("medication adherence", &["1", "2", "3", "4"]),
        ("SevereMentalDisorderRecord", "restraint") => listed("restraint", &["1", "2", "3"]),
        ("SevereMentalDisorderRecord", "lostToFollowUp") => listed("reasons of loss to follow-up", &["1", "2", "3", "4", "5"]),
        ("AssistanceCase", "incomeCheckResult") => listed("income check results", &["pass", "fail"]),
        _ => return None,
    })
}

fn listed(name: &'static str, codes: &[&'static str]) -> CodeList {
    CodeList { name, codes: Codes::Listed(codes.to_vec()) }
}

fn formed(name: &'static str, form: &'static str, has_form: fn(&str) -> bool) -> CodeList {
    CodeList { name, codes: Codes::Formed { form, has_form } }
}

fn departments() -> [&'static str; Department::ALL.len()] {
    Department::ALL.map(Department::code)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_icd10(code: &str) -> bool {
    let (category, detail) = code.split_once('.').unwrap_or((code, "0"));
    let is_category = matches!(category.as_bytes(), [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9']);
    is_category && (1..=2).contains(&detail.len()) && is_digits(detail)
}
