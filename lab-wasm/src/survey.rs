//! A survey: the genome's own assay at once, then everything one step away from it, a part at a time. Knows no picture.

use crate::views;
use bytebiota_core::{
    assay::{
        assay,
        landscape::{Landscape, OneStep},
    },
    lab::LabPlan,
};
use bytebiota_protocol::lab::LabAnswer;

/// Mutants in a part: about a twentieth of a second.
const PART: usize = 30;

/// What is still to be tried.
pub struct Survey {
    landscape: Landscape,
    steps: Vec<OneStep>,
    known: usize,
}

impl Survey {
    /// Begins a survey; the answer is the assay of the genome itself.
    pub fn new(plan: LabPlan) -> Result<(Self, LabAnswer), String> {
        let host = plan.beside.as_ref().map(|(genome, _)| genome.as_slice());
        let found = assay(&plan.genome, host, &plan.rules).map_err(|error| error.to_string())?;
        let landscape = Landscape::new(&plan.genome, host, &plan.rules);
        let landscape = landscape.map_err(|error| error.to_string())?;
        // Where the genome itself has no children, there is nothing to compare with.
        let steps = match landscape.pace() {
            Some(_) => OneStep::all(plan.genome.len() as u32).collect(),
            None => Vec::new(),
        };
        let survey = Self {
            landscape,
            steps,
            known: 0,
        };
        let assay = views::assay(&plan.genome, &found);
        Ok((survey, LabAnswer::Assayed { assay }))
    }

    /// Whether everything is known.
    pub fn is_over(&self) -> bool {
        self.known >= self.steps.len()
    }

    /// The next part.
    pub fn part(&mut self) -> Option<LabAnswer> {
        let end = (self.known + PART).min(self.steps.len());
        let part = self.steps.get(self.known..end)?;
        let found: Vec<_> = part.iter().map(|step| self.landscape.fate(*step)).collect();
        self.known = end;
        Some(LabAnswer::Fates {
            known: self.known as u32,
            of: self.steps.len() as u32,
            fates: found.iter().map(|(fate, _)| views::letter(*fate)).collect(),
            ticks: found
                .iter()
                .map(|(_, ticks)| ticks.unwrap_or(0) as u32)
                .collect(),
        })
    }
}
