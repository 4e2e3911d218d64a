//! Organisms between islands, as the Store keeps them: sent with the verdict that lets them go, taken in with a header,
//! called back with what turns out false. Knows no rule of who goes where.

use super::{Answer, Disk, Parcel, Pending};
use bytebiota_core::{ArrivalCause, Epoch, Inputs, IslandId, StretchHeader, UnitKey};
use bytebiota_server::migration::{self, Traveller};

impl Disk {
    /// Sends off who left in these segments of a unit.
    pub(super) fn send_off(&mut self, unit: &Pending, may_leave: impl Fn(u32) -> bool) {
        let islands = self.islands.keys().map(|(island, _)| island.0).max();
        for (segment, emigrant) in &unit.emigrants {
            let from = unit.key.island;
            let to = migration::neighbour(from, emigrant.upward, islands.unwrap_or(0));
            if let Some(to) = to.filter(|_| may_leave(*segment)) {
                self.mailbox.push(Parcel {
                    unit: unit.key,
                    end_state: unit.end_state,
                    segment: *segment,
                    emigrant: emigrant.clone(),
                    to,
                    entered: None,
                    is_withdrawn: false,
                });
            }
        }
    }

    /// Who waits to enter an island, in order.
    pub fn waiting_for(&self, island: IslandId) -> Vec<Traveller> {
        let waits = |(_, parcel): &(i64, &Parcel)| {
            parcel.to == island && parcel.entered.is_none() && !parcel.is_withdrawn
        };
        let travellers = (0..).zip(&self.mailbox).filter(waits);
        let travellers = travellers.map(|(number, parcel)| Traveller {
            number,
            cause: ArrivalCause::Immigrant {
                origin: parcel.emigrant.taxon,
            },
            genome: parcel.emigrant.genome.clone(),
        });
        travellers.collect()
    }

    pub(super) fn open_stretch(
        &mut self,
        header: &StretchHeader,
        inputs: &Inputs,
        entering: &[(i64, Epoch)],
    ) -> Answer {
        let may_enter = |(number, _): &(i64, Epoch)| {
            let parcel = self.mailbox.get(*number as usize);
            parcel.is_some_and(|parcel| parcel.entered.is_none() && !parcel.is_withdrawn)
        };
        if !entering.iter().all(may_enter) {
            return Answer::Opened(false);
        }
        for (number, line) in entering {
            if let Some(parcel) = self.mailbox.get_mut(*number as usize) {
                parcel.entered = Some((header.branch, header.first_epoch, *line));
            }
        }
        let row = (header.clone(), inputs.clone());
        self.headers.entry(header.digest()).or_insert(row);
        Answer::Opened(true)
    }

    /// An island has gone back to the start of a unit: who left it since is withdrawn, who had entered waits again.
    pub(super) fn call_back(&mut self, unit: &UnitKey) {
        for parcel in &mut self.mailbox {
            let is_from_there = parcel.unit.island == unit.island;
            parcel.is_withdrawn |= is_from_there && parcel.emigrant.epoch > unit.first_epoch;
            let enters_later = parcel
                .entered
                .is_some_and(|(_, _, line)| line >= unit.first_epoch);
            if parcel.to == unit.island && enters_later && !parcel.is_withdrawn {
                parcel.entered = None;
            }
        }
    }
}
