import ArgumentParser
import Ethereum
import Glibc
import Host
import Outbox
import Wallet

/// What the process tells its caller, after sysexits.h where that has a number.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case refused = 1
  case halted = 3
  case usage = 64
  case different = 65
  case missingInput = 66
  case journal = 74
  case configuration = 78

  /// For the help and the manual.
  var meaning: String {
    switch self {
    case .done: "done"
    case .refused: "looked, and the answer is no"
    case .halted: "halted, and cannot even observe"
    case .usage: "wrong arguments"
    case .different: "a recorded decision does not come out again"
    case .missingInput: "a file or secret that is needed cannot be read"
    case .journal: "the journal cannot be used"
    case .configuration: "the configuration, address book or key file is wrong"
    }
  }

  static var help: String {
    "EXIT STATUS:\n"
      + allCases.map { status in
        let number = "\(status.rawValue)"
        return "  \(number)\(String(repeating: " ", count: 4 - number.count))\(status.meaning)"
      }.joined(separator: "\n")
  }
}

/// The end of a command with a message for whoever called it.
struct CommandFailure: Error, CustomStringConvertible {
  let status: ExitStatus
  let message: String
  /// Lines that begin with a place in a file stay as they are, so that editors find it.
  var beginsWithPlace = false

  var description: String { beginsWithPlace ? message : "vaultkeeper: \(message)" }
}

extension CommandFailure {
  /// The one place where the modules' errors become exit statuses.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as ConfigurationError:
      self.init(status: .configuration, message: error.description, beginsWithPlace: true)
    case let failure as JournalFailure: self.init(status: .journal, message: failure.description)
    case let error as HostError: self.init(status: CommandFailure.status(of: error), message: error.description)
    case let error as WalletError: self.init(status: .configuration, message: error.description)
    case let error as EthereumError: self.init(status: .usage, message: error.description)
    default: self.init(status: .refused, message: "\(error)")
    }
  }

  private static func status(of error: HostError) -> ExitStatus {
    switch error {
    case .endpoint, .secretExposed: .configuration
    case .transport, .file, .fileTooLarge, .fileExists, .notAFile, .credentialUnavailable, .prompt, .secretEmpty,
      .system:
      .missingInput
    }
  }
}

/// A command of the program: does its work in `execute` and ends with a documented status.
protocol Command: ParsableCommand {
  func execute() throws
}

extension Command {
  func run() throws {
    do {
      try execute()
    } catch let code as ExitCode {
      throw code
    } catch let error as ValidationError {
      throw error
    } catch {
      let failure = CommandFailure(error)
      Console.complain(failure.description)
      throw ExitCode(failure.status.rawValue)
    }
  }
}
