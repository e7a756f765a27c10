//! Leaks planted between the gateway and its database: each must make the comparison of two worlds
//! that differ only in what may not be seen fail. One that stays unnoticed would mean that the
//! comparison proves nothing.

use async_trait::async_trait;
use migrant_gateway::{
    policy::{Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement},
};

use super::roles::{Wrap, compare};
use crate::support::{Backend, backends};

/// A reader that changes statements on their way.
struct Leaky {
    inner: Box<dyn Reader>,
    plant: fn(&str) -> String,
}

#[async_trait]
impl Reader for Leaky {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        let sql = (self.plant)(&statement.sql);
        self.inner.read(&Statement { sql, params: statement.params.clone() }).await
    }
}

/// Replaces a piece of the statements that read a table.
fn within(table: &str, sql: &str, piece: &str, planted: &str) -> String {
    if sql.contains(&format!("FROM {table} t0 ")) {
        sql.replace(piece, planted)
    } else {
        sql.to_owned()
    }
}

/// Adds a condition to every list of persons.
fn on_persons(sql: &str, condition: &str) -> String {
    let piece = "FROM person t0 WHERE ";
    sql.replace(piece, &format!("{piece}{condition} AND "))
}

/// Changes the conditions on persons, and not what is selected of them.
fn in_conditions(sql: &str, change: impl Fn(&str) -> String) -> String {
    match sql.split_once("FROM person t0 WHERE ") {
        Some((list, conditions)) => format!("{list}FROM person t0 WHERE {}", change(conditions)),
        None => sql.to_owned(),
    }
}

async fn assert_noticed(role: Role, purpose: Purpose, wrap: Wrap) {
    for backend in backends("planted leaks") {
        let found = compare(backend, role, purpose, wrap).await;
        found.expect_err("the planted leak goes unnoticed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_order_by_a_hidden_column_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant =
            |sql: &str| within("person", sql, "ORDER BY t0.id", "ORDER BY t0.id_number, t0.id");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::GG, Purpose::Ref, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_order_of_a_nested_list_by_a_hidden_column_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            within("immunization_dose", sql, "ORDER BY t0.id", "ORDER BY t0.site, t0.id")
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HI, Purpose::Idc, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_beyond_the_caseload_is_noticed() {
    let wrap: Wrap = |inner| {
        // Anybody else's caseload for one's own.
        let plant = |sql: &str| sql.replace(".organization_id = ", ".organization_id <> ");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HV, Purpose::Imm, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_by_the_emergency_of_another_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            sql.replace(".subject = ", ".subject <> ")
                .replace(".role = ", ".role <> ")
                .replace(".organization_id = ", ".organization_id <> ")
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HE, Purpose::Etr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_of_what_others_collected_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant =
            |sql: &str| sql.replace("t0.phone_collected_by = ", "t0.phone_collected_by <> ");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::PO, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_another_department_planted_in_the_place_of_ones_own_is_noticed() {
    let wrap: Wrap = |inner| {
        // The one that is shown to others, whoever collected it.
        let plant =
            |sql: &str| sql.replace("CASE WHEN t0.phone_collected_by = ", "CASE WHEN 'nobody' <> ");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::PO, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_of_what_was_replaced_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace(".replaced_at IS NULL", ".replaced_at IS NOT NULL");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::PO, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_planted_over_the_number_of_another_department_is_noticed() {
    let wrap: Wrap = |inner| {
        // The one that is shown to others, in the place of one's own.
        let plant = |sql: &str| {
            in_conditions(sql, |conditions| {
                conditions.replace("CASE WHEN t0.phone_collected_by = ", "CASE WHEN 'nobody' <> ")
            })
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::PO, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_on_consent_to_another_purpose_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace(".purpose = ", ".purpose <> ");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::MW, Purpose::He, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_beyond_the_unit_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            sql.replace("residence_unit_id BETWEEN ", "residence_unit_id NOT BETWEEN ")
                .replace("residence_unit_id / 1000000 = ", "residence_unit_id / 1000000 <> ")
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_of_what_is_closed_to_a_guardian_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            sql.replace(
                "FROM guardian_closing ",
                "FROM (SELECT * FROM guardian_closing WHERE FALSE) ",
            )
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::SU, Purpose::Sar, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_of_a_group_that_is_closed_to_a_guardian_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace(".field_group = 'G15'", ".field_group = 'none'");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::SU, Purpose::Sar, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_read_of_children_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace(".birth_date <= ", ".birth_date >= ");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_column_planted_in_the_place_of_a_granted_one_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace("t0.sex", "t0.marital_status");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fine_column_planted_in_the_place_of_its_coarse_mask_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace("t0.residence_region_code", "t0.residence_address");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosing_organization_planted_past_its_generalization_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant =
            |sql: &str| within("health_record", sql, "THEN '医疗机构'", "THEN t0.managing_org");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HC, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_part_of_a_list_planted_in_an_open_part_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant =
            |sql: &str| sql.replace("t0.past_diseases_general", "t0.past_diseases_stigmatized");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HC, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_outside_the_scope_planted_past_its_condition_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            let (shown, planted) =
                ("THEN t0.guardian_of END", "THEN t0.guardian_of ELSE t0.guardian_of END");
            sql.replace(shown, planted)
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HV, Purpose::Imm, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_contact_outside_the_scope_planted_past_its_condition_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            let contact = "THEN t0.emergency_contact";
            sql.replace(
                &format!("{contact} END"),
                &format!("{contact} ELSE t0.emergency_contact END"),
            )
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HV, Purpose::Imm, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_filter_on_a_hidden_column_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| on_persons(sql, "t0.education >= '7'");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_filter_that_only_counts_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            if sql.starts_with("SELECT count(*)") {
                on_persons(sql, "t0.id_number IS NOT NULL")
            } else {
                sql.to_owned()
            }
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Hr, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_count_by_a_hidden_column_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            within("employment", sql, "GROUP BY 1 ", "AND t0.employer_name > '别' GROUP BY 1 ")
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::HO, Purpose::Stat, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_planted_out_of_its_scope_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| sql.replace("CASE WHEN s0 THEN ", "CASE WHEN s0 OR TRUE THEN ");
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::CW, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_order_over_a_hidden_cell_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| match sql.split_once("ORDER BY CASE WHEN ") {
            Some((before, after)) => {
                let value = after.split_once(" THEN ").map_or(after, |(_, value)| value);
                // The scope stays, so that what is bound for it is asked of.
                let scope = &after[..after.len() - value.len() - " THEN ".len()];
                format!("{before}ORDER BY CASE WHEN {scope} OR TRUE THEN {value}")
            }
            None => sql.to_owned(),
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::CW, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_count_that_sees_what_the_view_does_not_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| match sql.starts_with("SELECT count(*)") {
            true => sql.replace("t0.phone_collected_by = ", "'nobody' <> "),
            false => sql.to_owned(),
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::CW, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_filter_on_a_hidden_cell_is_noticed() {
    let wrap: Wrap = |inner| {
        // Beside what it is compared with, a cell says that it is shown; and so does the value itself.
        let plant = |sql: &str| {
            in_conditions(sql, |conditions| {
                let scope = "t0.phone_collected_by = ";
                ["((", "CASE WHEN "].into_iter().fold(conditions.to_owned(), |sql, before| {
                    sql.replace(&format!("{before}{scope}"), &format!("{before}TRUE OR {scope}"))
                })
            })
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::CW, Purpose::Res, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_trace_of_protected_records_is_noticed() {
    let wrap: Wrap = |inner| {
        let plant = |sql: &str| {
            on_persons(sql, "t0.id NOT IN (SELECT person_id FROM maternal_care_record)")
        };
        Box::new(Leaky { inner, plant })
    };
    assert_noticed(Role::CA, Purpose::Sa, wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_pass_a_reader_unchanged_leak_nothing() {
    let wrap: Wrap = |inner| Box::new(Leaky { inner, plant: str::to_owned });
    let found = compare(Backend::Sqlite, Role::GG, Purpose::Ref, wrap).await;
    found.expect("the same answers");
}
