//! What the caller's own department collected, where several departments collected the same thing: in
//! the row of the kind where it stands there, and otherwise beside it.
//!
//! The kind's row is looked at first, and says whether there is anything beside it. What stands there is
//! looked up by the keys of row and department, where it is asked for.

use entity::sharing::{BESIDE, COLLECTOR, Collected, REPLACED_AT};

use super::{Params, RowRules, Scoping};
use crate::{catalogue::Kind, policy::RowRule, read::Value};

impl Scoping<'_> {
    /// That the department collected what a rule speaks of, itself: in the row, or beside it.
    pub(super) fn own(
        &self,
        rule: &RowRule,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> String {
        let department = self.department(params);
        let of_row = format!("{alias}.{} = {department}", rule.collector);
        match beside(rule, kind) {
            Some(_) => format!("({of_row} OR {})", self.stands_beside(alias)),
            None => of_row,
        }
    }

    /// That something of the department's own stands beside the row under an alias. PostgreSQL takes what
    /// equals for rare, and plans lists as if there were nothing.
    fn stands_beside(&self, alias: &str) -> String {
        let bit = self.context.department.bit();
        format!("({alias}.{BESIDE} & {bit}) = {bit}")
    }

    /// A value of rows of which `rows` hold, as a rule shows it: of the rows under `alias`, or the
    /// department's own. `value` makes it of the row under an alias.
    pub(super) fn collected(
        &self,
        rule: Option<&RowRule>,
        rows: &RowRules,
        (kind, alias): (&Kind, &str),
        params: &mut Params,
        mut value: impl FnMut(&str, &mut Params) -> String,
    ) -> String {
        let Some((rule, collected)) = asked(rule, rows, kind) else { return value(alias, params) };
        let department = self.department(params);
        let of_row = value(alias, params);
        let own = params.alias();
        let of_own = value(&own, params);
        let current = current(collected, &own, alias, &department);
        format!(
            "CASE WHEN {alias}.{} = {department} THEN {of_row} WHEN {} \
             THEN (SELECT {of_own} FROM {} {own} WHERE {current}) END",
            rule.collector,
            self.stands_beside(alias),
            collected.table
        )
    }

    /// That such a value meets a condition which few rows meet: what stands beside is found by the value,
    /// and not row by row. None where nothing stands beside.
    pub(super) fn collected_meets(
        &self,
        rule: &RowRule,
        rows: &RowRules,
        (kind, alias): (&Kind, &str),
        params: &mut Params,
        mut condition: impl FnMut(&str, &mut Params) -> String,
    ) -> Option<String> {
        let (rule, collected) = asked(Some(rule), rows, kind)?;
        let department = self.department(params);
        let of_row = condition(alias, params);
        let own = params.alias();
        let of_own = condition(&own, params);
        let those = format!(
            "SELECT {own}.{} FROM {} {own} WHERE {own}.{COLLECTOR} = {department} \
             AND {own}.{REPLACED_AT} IS NULL AND {of_own}",
            collected.record, collected.table
        );
        let among = params.among(&format!("{alias}.id"), &those);
        // Of a row that the department collected, nothing stands beside it that counts.
        let is_row = format!("{alias}.{} = {department}", rule.collector);
        Some(format!("(({is_row} AND {of_row}) OR (({is_row}) IS NOT TRUE AND {among}))"))
    }

    fn department(&self, params: &mut Params) -> String {
        params.bind(Value::Text(self.context.department.code().to_owned()))
    }
}

/// Where else than in the row what a rule shows may stand.
fn beside<'k>(rule: &RowRule, kind: &'k Kind) -> Option<&'k Collected> {
    kind.collected.as_ref().filter(|_| rule.beside)
}

/// The same, where it may be so in rows of which some rules hold.
fn asked<'r, 'k>(
    rule: Option<&'r RowRule>,
    rows: &RowRules,
    kind: &'k Kind,
) -> Option<(&'r RowRule, &'k Collected)> {
    let rule = rule?;
    let collected = beside(rule, kind)?;
    (!rows.hold(&rule.of_rows())).then_some((rule, collected))
}

/// The department's own values of the row under `alias`.
fn current(collected: &Collected, own: &str, alias: &str, department: &str) -> String {
    format!(
        "{own}.{} = {alias}.id AND {own}.{COLLECTOR} = {department} AND {own}.{REPLACED_AT} IS NULL",
        collected.record
    )
}
