//! What an island has counted since its genesis. Part of the state, so it is proven like the soup; knows nothing of who reads it.

use serde::{Deserialize, Serialize};

macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name { $($(#[$case_doc])* $case),+ }

        impl $name {
            /// Every case, in the order of its counters.
            pub const ALL: &'static [$name] = &[$($name::$case),+];
            /// How many cases there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name used in series, exports and pages.
            pub const fn name(self) -> &'static str {
                match self { $($name::$case => $text),+ }
            }
        }
    };
}

closed_set! {
    /// Why an organism died.
    DeathCause {
        /// Older than `reaper.max_age` rounds.
        Age = "age",
        /// More errors than `reaper.max_errors`.
        Errors = "errors",
        /// Owed more rent than `reaper.max_arrears`.
        Arrears = "arrears",
        /// Could not pay an instruction.
        Starvation = "starvation",
        /// Chosen by the sweep that makes room for a child.
        MemoryPressure = "memory_pressure",
        /// Removed by an operator's act.
        Operator = "operator",
    }
}

closed_set! {
    /// What changed a genome, or a result.
    MutationKind {
        /// One bit of a copied byte.
        CopyFlip = "copy_flip",
        /// A copied byte became a random one.
        Substitution = "substitution",
        /// One bit of a living genome, by radiation.
        Background = "background",
        /// One to three bytes more at DIVIDE.
        Insertion = "insertion",
        /// One to three bytes fewer at DIVIDE.
        Deletion = "deletion",
        /// An insertion that found no room.
        IndelSkipped = "indel_skipped",
        /// A register result off by one.
        Flaw = "flaw",
    }
}

closed_set! {
    /// Where energy comes from and where it goes; milli-units.
    EnergyFlow {
        /// Given to founders and reseeds.
        Founders = "founders",
        /// Taken from cells by HARVEST_ENERGY.
        Harvest = "harvest",
        /// Paid for solved tasks.
        Rewards = "rewards",
        /// Paid once per birth out of the pool.
        Stipends = "stipends",
        /// Brought by immigrants.
        Immigrants = "immigrants",
        /// Taken back out of the shared storage.
        Withdrawn = "withdrawn",
        /// Spent on instructions, MAL included.
        Instructions = "instructions",
        /// Spent on rent, arrears included.
        Rent = "rent",
        /// Left in the shared storage.
        Deposited = "deposited",
        /// Above the cap, or held by the dead.
        Lost = "lost",
    }
}

impl EnergyFlow {
    /// Whether the flow adds to what organisms hold.
    pub const fn is_income(self) -> bool {
        (self as usize) < (Self::Instructions as usize)
    }
}

/// How many tasks the table of `tasks.rs` may hold; counters have room for them.
pub const MAX_TASKS: usize = 32;

/// Everything counted since genesis; all fields only grow.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Instructions executed; ticks minus search ticks.
    pub instructions: u64,
    /// Births by DIVIDE.
    pub births: u64,
    /// Births whose genome equals the parent's.
    pub true_births: u64,
    /// Founders, reseeds and immigrants placed.
    pub arrivals: u64,
    /// Arrivals that found no room.
    pub arrivals_refused: u64,
    /// Deaths, by `DeathCause`.
    pub deaths: [u64; DeathCause::COUNT],
    /// Mutations, by `MutationKind`.
    pub mutations: [u64; MutationKind::COUNT],
    /// Energy in milli-units, by `EnergyFlow`.
    pub energy: [u64; EnergyFlow::COUNT],
    /// Rewarded answers, by the number of the task.
    pub tasks: [u64; MAX_TASKS],
    /// Errors of organisms of any kind.
    pub errors: u64,
    /// MAL calls that gave a block.
    pub allocations: u64,
    /// MAL calls that failed.
    pub allocations_failed: u64,
    /// DIVIDE calls that failed.
    pub divides_failed: u64,
    /// Children released before birth.
    pub children_released: u64,
    /// Resource units taken by HARVEST_ENERGY.
    pub harvested: u64,
    /// HARVEST_ENERGY calls that gained something.
    pub harvests: u64,
}

impl Counters {
    /// Adds one death.
    pub fn died(&mut self, cause: DeathCause) {
        self.deaths[cause as usize] += 1;
    }

    /// Adds one mutation.
    pub fn mutated(&mut self, kind: MutationKind) {
        self.mutations[kind as usize] += 1;
    }

    /// All deaths.
    pub fn deaths_total(&self) -> u64 {
        self.deaths.iter().sum()
    }

    /// Whether any count exceeds `most`.
    pub fn is_out_of_range(&self, most: u64) -> bool {
        let arrays = self
            .deaths
            .iter()
            .chain(&self.mutations)
            .chain(&self.energy)
            .chain(&self.tasks);
        let single = [
            self.instructions,
            self.births,
            self.true_births,
            self.arrivals,
            self.arrivals_refused,
            self.errors,
            self.allocations,
            self.allocations_failed,
            self.divides_failed,
            self.children_released,
            self.harvested,
            self.harvests,
        ];
        arrays.chain(&single).any(|&count| count > most)
    }

    /// Income minus expense since genesis, milli-units: what organisms must hold now.
    pub fn energy_balance(&self) -> i128 {
        EnergyFlow::ALL
            .iter()
            .map(|&flow| {
                let amount = i128::from(self.energy[flow as usize]);
                if flow.is_income() { amount } else { -amount }
            })
            .sum()
    }
}
