//! The one binary: `bytebiota server | worker | run | experiment | export | replay | export-diversity | seed-bank | checkpoint | assay | compete | asm | disasm | config | token | tune`. One file per subcommand; knows no world by itself.

mod asm;
mod assay;
mod checkpoint;
mod clock;
mod compete;
mod config;
mod disasm;
mod error;
mod experiment;
mod export;
mod export_diversity;
mod folder;
mod genome;
mod numbers;
mod remote;
mod replay;
mod run;
mod run_log;
mod seed_bank;
mod server;
mod settings;
mod signals;
mod token;
mod tune;
mod worker;

use clap::{Parser, Subcommand};
use error::{CliError, EXIT_CODES};
use std::process::ExitCode;

/// Digital organisms evolve in the memory of many computers: this program serves a world, computes for one, or runs one alone.
#[derive(Parser)]
#[command(name = "bytebiota", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Server(server::ServerArgs),
    Worker(worker::WorkerArgs),
    Run(run::RunArgs),
    Experiment(experiment::ExperimentArgs),
    Export(export::ExportArgs),
    Replay(replay::ReplayArgs),
    ExportDiversity(export_diversity::ExportDiversityArgs),
    SeedBank(seed_bank::SeedBankArgs),
    Checkpoint(checkpoint::CheckpointArgs),
    Assay(assay::AssayArgs),
    Compete(compete::CompeteArgs),
    Asm(asm::AsmArgs),
    Disasm(disasm::DisasmArgs),
    Config(config::ConfigArgs),
    Token(token::TokenArgs),
    Tune(tune::TuneArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Server(args) => server::run(args),
        Command::Worker(args) => worker::run(args),
        Command::Run(args) => run::run(&args),
        Command::Experiment(args) => experiment::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::ExportDiversity(args) => export_diversity::run(&args),
        Command::SeedBank(args) => seed_bank::run(&args),
        Command::Checkpoint(args) => checkpoint::run(&args),
        Command::Assay(args) => assay::run(&args),
        Command::Compete(args) => compete::run(&args),
        Command::Asm(args) => asm::run(&args),
        Command::Disasm(args) => disasm::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Tune(args) => tune::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bytebiota: {error}");
            ExitCode::from(error.code)
        }
    }
}

/// Runs a future on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(CliError::outside)?.block_on(work)
}

/// Writes to standard output; a reader that went away is no error worth a message.
fn print(text: &str) -> Result<(), CliError> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CliError::outside(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_grammar_of_the_command_line_is_sound() {
        <super::Cli as clap::CommandFactory>::command().debug_assert();
    }
}
