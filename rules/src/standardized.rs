//! Whether a health record is standardized (规范化建档): every item of 个人基本信息表 answered, codes valid, the
//! identity number valid or a reason for none, and one service record. Computed, never edited by hand.
//!
//! 遗传病史 stands on the form and is not carried.

use std::collections::BTreeSet;

use crate::{
    citizen_id::CitizenId,
    facts::Facts,
    fault::Fault,
    regions,
    rule::{Edition, Input, Outcome, Question, Rule},
};

const SPECIFICATION: Edition = Edition::new(
    "2011",
    Some("2011-01-01"),
    None,
    "国家基本公共卫生服务规范 (2011年版), 个人基本信息表; definition of T4 (choice)",
)
.unconfirmed();

/// The rule.
pub const RULE: Rule = Rule {
    id: "STANDARDIZED",
    aliases: &["standardized", "T4"],
    title_zh: "规范化建档",
    title_en: "standardized record",
    text: "Every item of the personal form answered (unknown where the form offers it; 1 for none), \
           codes valid, the identity number valid or a reason for none, at least one service record.",
    boundaries: "None: the day does not matter.",
    source: "国家基本公共卫生服务规范 个人基本信息表; 吉卫联发〔2015〕7号, 吉卫流管发〔2015〕2号: 规范化电子建档率",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: false,
    inputs: &[
        Input { kind: "Person", fields: PERSON },
        Input { kind: "HouseholdRegistration", fields: &["hukouRegionCode"] },
        Input { kind: "Employment", fields: &["employerName", "occupation"] },
        Input { kind: "HealthRecord", fields: RECORD },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","person":{"name":"王某","sex":"1","birthDate":"1985-06-15","idNumber":"229901198506150016","phone":"13800000000","emergencyContact":{"name":"李某"},"ethnicity":"01","education":"70","maritalStatus":"20"},"hukouRegionCode":"230102","employment":{"employerName":"无","occupation":"99"},"healthRecord":{"recordNumber":"22010400100100001","bloodType":"5","allergies":["1"],"exposures":["1"],"pastDiseases":[{"code":"1"}],"surgeries":["1"],"traumas":["1"],"transfusions":["1"],"familyHistory":["1"],"disabilities":["1"],"livingEnvironment":"1","paymentMethod":"2","serviceRecords":[{"on":"2015-03-01"}]}}"#,
    evaluate,
};

const PERSON: &[&str] = &[
    "name",
    "sex",
    "birthDate",
    "phone",
    "emergencyContact",
    "ethnicity",
    "education",
    "maritalStatus",
    "idNumber",
    "idMissingReason",
];

const RECORD: &[&str] = &[
    "recordNumber",
    "bloodType",
    "allergies",
    "exposures",
    "pastDiseases",
    "surgeries",
    "traumas",
    "transfusions",
    "familyHistory",
    "disabilities",
    "livingEnvironment",
    "paymentMethod",
    "serviceRecords",
];

/// What the form says, whoever holds it.
pub struct Form<'a> {
    /// Whether an item is answered, by the name of its field. An empty list answers nothing.
    pub answers: &'a dyn Fn(&str) -> bool,
    /// The identity number.
    pub id_number: Option<&'a str>,
    /// The sex.
    pub sex: Option<&'a str>,
    /// The place of hukou.
    pub hukou: Option<&'a str>,
    /// The code of how it is paid.
    pub payment: Option<&'a str>,
}

/// Which items are missing and which are not valid: none of both where a record is standardized.
pub fn faults(form: &Form<'_>) -> (Vec<&'static str>, Vec<&'static str>) {
    let of_form = PERSON[..8].iter().chain(&["hukouRegionCode", "employerName", "occupation"]);
    let mut missing: Vec<&str> =
        of_form.chain(RECORD).copied().filter(|item| !(form.answers)(item)).collect();
    let mut invalid = Vec::new();
    match form.id_number {
        Some(number) if CitizenId::parse(number).is_err() => invalid.push("idNumber"),
        Some(_) => {}
        None if !(form.answers)("idMissingReason") => missing.push("idNumber"),
        None => {}
    }
    let listed = |code: Option<&str>, codes: &[&str]| code.is_none_or(|code| codes.contains(&code));
    if !listed(form.sex, &["0", "1", "2", "9"]) {
        invalid.push("sex");
    }
    if form.hukou.is_some_and(|code| !regions::is_code(code)) {
        invalid.push("hukouRegionCode");
    }
    if !listed(form.payment, &["1", "2", "3", "4", "5", "6", "7", "8"]) {
        invalid.push("paymentMethod");
    }
    (missing, invalid)
}

fn evaluate(facts: &Facts<'_>, _: Question) -> Result<Outcome, Fault> {
    let (person, hukou) = (facts.one("Person")?, facts.one("HouseholdRegistration")?);
    let (employment, record) = (facts.one("Employment")?, facts.one("HealthRecord")?);
    let mut answered = BTreeSet::new();
    let of_kinds = [
        (&person, PERSON),
        (&hukou, &["hukouRegionCode"]),
        (&employment, &["employerName", "occupation"]),
        (&record, RECORD),
    ];
    for (row, fields) in of_kinds {
        for field in fields {
            let value = row.value(field)?;
            if value.is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty())) {
                answered.insert(*field);
            }
        }
    }
    let (id_number, sex) = (person.text("idNumber")?, person.text("sex")?);
    let (region, payment) = (hukou.text("hukouRegionCode")?, record.text("paymentMethod")?);
    let (missing, invalid) = faults(&Form {
        answers: &|item| answered.contains(item),
        id_number: id_number.as_deref(),
        sex: sex.as_deref(),
        hukou: region.as_deref(),
        payment: payment.as_deref(),
    });
    let standardized = missing.is_empty() && invalid.is_empty();
    let outcome = if standardized {
        Outcome::new(
            true,
            "STANDARDIZED",
            "各项齐全、代码有效,属规范化建档",
            "every item is answered and valid",
        )
    } else {
        let (count, wrong) = (missing.len(), invalid.len());
        Outcome::new(
            false,
            "INCOMPLETE",
            format!("缺{count}项,无效{wrong}项"),
            format!("{count} items are missing and {wrong} are not valid"),
        )
    };
    Ok(outcome
        .of(&SPECIFICATION)
        .with("standardized", standardized)
        .with("missing", missing)
        .with("invalid", invalid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    #[test]
    fn standardized_asks_for_every_item_of_the_form_and_a_service_record() {
        assert_eq!(answer("STANDARDIZED", "2015-07-31", RULE.example)["result"], true);
        for (from, to, missing) in [
            (r#""bloodType":"5","#, "", "bloodType"),
            (
                r#""serviceRecords":[{"on":"2015-03-01"}]"#,
                r#""serviceRecords":[]"#,
                "serviceRecords",
            ),
            (r#""idNumber":"229901198506150016","#, "", "idNumber"),
            (r#""name":"王某","#, r#""name":"","#, "name"),
        ] {
            let answer = answer("STANDARDIZED", "2015-07-31", &RULE.example.replace(from, to));
            assert_eq!(answer["missing"], serde_json::json!([missing]), "{missing}");
            assert_eq!(answer["result"], false);
        }
    }

    #[test]
    fn standardized_wants_a_valid_number_or_a_reason_for_none() {
        let wrong = RULE.example.replace("198506150016", "198506150010");
        assert_eq!(
            answer("STANDARDIZED", "2015-07-31", &wrong)["invalid"],
            serde_json::json!(["idNumber"])
        );
        let reason =
            RULE.example.replace(r#""idNumber":"229901198506150016""#, r#""idMissingReason":"1""#);
        assert_eq!(answer("STANDARDIZED", "2015-07-31", &reason)["result"], true);
    }
}
