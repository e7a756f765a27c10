//! What processes use, from `/proc`: processor time and peak memory of a process and all below it.

use std::{collections::HashMap, fs};

/// Linux counts processor time in hundredths of a second for user space.
const TICK_MICROSECONDS: u64 = 10_000;

/// A process and all its descendants.
#[derive(Clone, Copy, Debug)]
pub struct Tree {
    root: u32,
}

struct Stat {
    parent: u32,
    ticks: u64,
}

impl Tree {
    /// The tree below and with a process.
    pub fn new(root: u32) -> Self {
        Self { root }
    }

    /// Processor time so far in microseconds, that of ended children included.
    pub fn cpu_microseconds(self) -> u64 {
        let all = stats();
        let ticks: u64 = members(self.root, &all).iter().map(|pid| all[pid].ticks).sum();
        ticks * TICK_MICROSECONDS
    }

    /// Lets peak memory begin anew.
    pub fn reset_peak(self) {
        for pid in members(self.root, &stats()) {
            // Where this is not allowed, the peak is that of the process's life.
            let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
        }
    }

    /// Resident memory of all processes together, in KiB.
    pub fn resident_kib(self) -> u64 {
        members(self.root, &stats()).iter().filter_map(|pid| memory(*pid, "VmRSS:")).sum()
    }

    /// Peak resident memory of all processes together, in KiB.
    pub fn peak_kib(self) -> u64 {
        members(self.root, &stats()).iter().filter_map(|pid| memory(*pid, "VmHWM:")).sum()
    }
}

fn memory(pid: u32, what: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    line.split_whitespace().next()?.parse().ok()
}

fn members(root: u32, all: &HashMap<u32, Stat>) -> Vec<u32> {
    let mut found: Vec<u32> = all.contains_key(&root).then_some(root).into_iter().collect();
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(all.iter().filter(|(_, stat)| stat.parent == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found
}

fn stats() -> HashMap<u32, Stat> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    entries
        .filter_map(|entry| {
            let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            Some((pid, stat(pid)?))
        })
        .collect()
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything; what follows it is fields 3 and up.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    // utime, stime, and the same of children that ended.
    let ticks = number(14)? + number(15)? + number(16)? + number(17)?;
    Some(Stat { parent: u32::try_from(number(4)?).ok()?, ticks })
}
