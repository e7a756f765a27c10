//! Commands that read.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use super::Form;
use crate::{
    anonymity,
    catalogue::Field,
    commands::instant,
    config::Config,
    grants::{
        Cell, Proposal, Status, diff, file,
        impact::{self, Use},
        store::{self, Ledger},
        weigh,
    },
    policy::{
        GrantSet, Position, Purpose, Role,
        explain::{self, Line},
    },
    read::{self, ReadOptions},
};

/// What is looked at.
pub struct Look<'c> {
    pub config: &'c Config,
    pub db: &'c DatabaseConnection,
    pub ledger: &'c Ledger,
    pub now: DateTime<Utc>,
}

impl Look<'_> {
    pub fn export(&self, version: Option<i64>) -> anyhow::Result<String> {
        Ok(match version {
            Some(version) => file::export(&self.as_of(version)?),
            None => file::export(&self.ledger.grants),
        })
    }

    pub fn plan(&self, path: &Path) -> anyhow::Result<String> {
        let changes = diff::towards(&self.ledger.grants, &read_file(path)?, self.now);
        if changes.is_empty() {
            return Ok("the grants are so already\n".to_owned());
        }
        let mut text = diff::text(&changes);
        let cells: Vec<Cell> = changes.into_iter().filter_map(|change| change.after).collect();
        let cells = weigh::complete(self.ledger, &cells)?;
        for hit in weigh::grants(self.ledger, &cells, self.now).1 {
            _ = writeln!(text, "! {hit}");
        }
        Ok(text)
    }

    /// The cells that would have to be set for the grants to be as a file says.
    pub fn wanted(&self, path: &Path) -> anyhow::Result<Vec<Cell>> {
        let changes = diff::towards(&self.ledger.grants, &read_file(path)?, self.now);
        anyhow::ensure!(!changes.is_empty(), "the grants are so already");
        Ok(changes.into_iter().filter_map(|change| change.after).collect())
    }

    pub async fn list(&self, status: Option<Status>) -> anyhow::Result<String> {
        let all = store::proposals(self.db).await?;
        let shown = all.iter().filter(|made| status.is_none_or(|of| of == self.status(made)));
        Ok(shown.map(|made| self.line(made)).collect())
    }

    pub async fn show(&self, id: i64) -> anyhow::Result<String> {
        let made = store::proposal(self.db, id).await?;
        let mut text = self.line(&made);
        _ = writeln!(text, "    {}", made.necessity);
        let before = self.ledger.grants.as_of(made.base_version);
        for cell in &made.cells {
            let change = diff::CellChange {
                key: cell.key.clone(),
                before: diff::cells(&before).remove(&cell.key),
                after: Some(cell.clone()),
            };
            text += &diff::text(&[change]);
        }
        for decision in &made.decisions {
            let signer = &decision.deed.signer;
            let (verdict, note) = (decision.deed.verdict.code(), &decision.note);
            let at = instant(decision.at);
            _ = writeln!(text, "    {at} {verdict} {} ({}) {note}", signer.subject, signer.role);
        }
        Ok(text)
    }

    pub async fn history(&self) -> anyhow::Result<String> {
        let versions = store::versions(self.db).await?;
        let line = |version: &entity::grant_version::Model| {
            let by = version.proposal_id.map(|id| format!("proposal {id}: ")).unwrap_or_default();
            format!("{}  {}  {by}{}\n", version.version, instant(version.at), version.summary)
        };
        Ok(versions.iter().map(line).collect())
    }

    pub fn diff(&self, from: i64, to: i64) -> anyhow::Result<String> {
        Ok(diff::text(&diff::between(&self.as_of(from)?, &self.as_of(to)?)))
    }

    pub async fn impact(&self, id: i64) -> anyhow::Result<String> {
        let made = store::proposal(self.db, id).await?;
        let options =
            ReadOptions { connections: 1, statement_timeout: self.config.limits.statement_time() };
        let reader = read::connect(&self.config.database.url, options).await?;
        let found = impact::impact(self.ledger, reader.as_ref(), &made.cells, self.now).await?;
        let mut text = String::new();
        for shift in &found.shifts {
            let (before, after) = (&shift.before, &shift.after);
            let sign = match (shift.appears(), shift.vanishes()) {
                (true, _) => '+',
                (_, true) => '-',
                _ => '~',
            };
            let (was, is) = (amount(before), amount(after));
            _ = writeln!(text, "{sign} {}: {was} -> {is}", name(after));
        }
        for hit in &found.floors {
            _ = writeln!(text, "! {hit}");
        }
        for shift in &found.crowds {
            _ = writeln!(text, "{shift}");
        }
        for reached in &found.persons {
            let count = match (reached.is_counted, reached.count) {
                (true, Some(count)) => format!("about {count}"),
                (true, None) => "few".to_owned(),
                (false, _) => "uncounted".to_owned(),
            };
            let (role, purpose, kind) = (reached.role, reached.purpose, reached.kind);
            _ = writeln!(text, "persons {role} {purpose} {kind}: {count} (estimate)");
        }
        let lists = [
            ("would stop", found.queries.stop),
            ("would change", found.queries.change),
            ("may begin (estimate)", found.queries.may_begin),
        ];
        for (what, uses) in lists {
            text += &uses.iter().map(|of| use_line(what, of)).collect::<String>();
        }
        Ok(text)
    }

    pub fn explain(
        &self,
        role: Role,
        purpose: Purpose,
        field: &Field,
        position: Position,
        at: Option<DateTime<Utc>>,
    ) -> String {
        let basis = explain::typical(role, purpose);
        let at = at.unwrap_or(self.now);
        explain::explain(&self.ledger.grants, basis, field, position, at).words + "\n"
    }

    pub fn matrix(&self, format: Form, at: Option<DateTime<Utc>>) -> String {
        let at = at.unwrap_or(self.now);
        let lines = explain::matrix(&self.ledger.grants, at);
        let standings = anonymity::standings(&self.ledger.grants, explain::pairs(), at);
        match format {
            Form::Csv => explain::csv(lines, &standings),
            Form::Markdown => explain::markdown(lines, &standings),
            Form::Json => explain::json(lines, &standings),
        }
    }

    pub fn who(&self, field: &Field) -> String {
        let lines = explain::who_can_see(&self.ledger.grants, field, self.now);
        let text = |line: &Line| {
            let scope = line.rows.map_or("counts", |rows| rows.scope.code());
            format!("{} {}: {} {scope}\n", line.role, line.purpose, line.level.code())
        };
        lines.iter().map(text).collect()
    }

    pub fn nobody(&self) -> String {
        let fields = explain::seen_by_nobody(&self.ledger.grants, self.now);
        fields.into_iter().map(|field| field.path() + "\n").collect()
    }

    fn as_of(&self, version: i64) -> anyhow::Result<GrantSet> {
        let latest = self.ledger.grants.version();
        anyhow::ensure!((1..=latest).contains(&version), "the versions are 1 to {latest}");
        Ok(self.ledger.grants.as_of(version))
    }

    fn status(&self, made: &Proposal) -> Status {
        made.status(&self.ledger.grants, self.now)
    }

    fn line(&self, made: &Proposal) -> String {
        let status = self.status(made);
        let mut text = format!(
            "#{}  {}  {}  cells: {}, by {} ({})",
            made.id,
            status.code(),
            instant(made.proposed_at),
            made.cells.len(),
            made.proposer.subject,
            made.proposer.role
        );
        if status == Status::Pending {
            let missing: Vec<&str> = made.missing().into_iter().map(Role::code).collect();
            let until = instant(made.expires_at);
            _ = write!(text, ", to be signed by {} until {until}", missing.join(", "));
        }
        if let Some(version) = made.version {
            _ = write!(text, ", version {version}");
        }
        text + "\n"
    }
}

fn read_file(path: &Path) -> anyhow::Result<Vec<Cell>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    file::import(&text).with_context(|| format!("{} cannot be understood", path.display()))
}

fn name(line: &Line) -> String {
    format!("{} {} {}", line.role, line.purpose, line.field.path())
}

/// The level, and the mask where there is one.
fn amount(line: &Line) -> String {
    match line.mask {
        Some(mask) => format!("{} {mask}", line.level.code()),
        None => line.level.code().to_owned(),
    }
}

fn use_line(what: &str, of: &Use) -> String {
    let Use { role, purpose, document_hash, requests, fields } = of;
    let short = document_hash.get(..12).unwrap_or(document_hash);
    let fields = fields.join(" ");
    format!("{what}: document {short} of {role} {purpose}, {requests} requests ({fields})\n")
}
