import Host
import Keeper

/// The operator's hand on the daemon, as files: the halt marker, and beside it the word that a halt is over.
final class MarkerDesk: OperatorDesk {
  let halt: HaltMarker
  /// Made by `resume` with a person's note, taken away by the keeper that has read it.
  let resumptionNote: HaltMarker
  /// Made by `halt --cancel-orders` beside the marker, before it: our own resting orders are to be taken back.
  let orderWish: HaltMarker

  init(markerPath: String) {
    halt = HaltMarker(path: markerPath)
    resumptionNote = HaltMarker(path: markerPath + ".resume")
    orderWish = HaltMarker(path: markerPath + ".cancel-orders")
  }

  func haltReason() -> String? {
    guard case .halted(let reason) = halt.state() else { return nil }
    return reason.isEmpty ? "a marker without a reason" : reason
  }

  func wantsOrdersTakenBack() -> Bool {
    do {
      return try orderWish.text() != nil
    } catch {
      Console.complain("vaultkeeper: \(orderWish.path) cannot be read, so orders stay where they are: \(error)")
      return false
    }
  }

  func resumption() -> String? {
    do {
      return try resumptionNote.text()
    } catch {
      Console.complain("vaultkeeper: the note of a resumption cannot be read, so halts stay: \(error)")
      return nil
    }
  }

  func acknowledgeResumption() {
    do {
      try resumptionNote.clear()
    } catch {
      // It would end the next halt as well. Nothing is signed while the marker is there, so a marker it is.
      return stopForGood(because: "the note \(resumptionNote.path) cannot be removed: \(error)")
    }
    do {
      // A wish whose halt is over must not take orders back at the next one.
      if case .clear = halt.state() { try orderWish.clear() }
    } catch {
      stopForGood(because: "the note \(orderWish.path) cannot be removed: \(error)")
    }
  }

  private func stopForGood(because reason: String) {
    do { try halt.set(reason: reason) } catch { Console.complain("vaultkeeper: \(reason); \(error)") }
  }
}
