// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// Makes tools of the programs in folders.
///
/// A program `NAME` is a tool when a manifest `NAME.json` lies beside it, or when `NAME --describe` prints one; so is what a
/// manifest names under `run.command`. A program that is broken is told of, and hides no other. What everybody may
/// change is never run.
public final class ToolFolders: Sendable {
  /// Why a file is no tool.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The file, or the folder.
    public let path: String
    /// What is wrong and what to do about it.
    public let message: String
    /// `path: message`.
    public var description: String { "\(path): \(message)" }
  }

  private let folders: Mutex<[String]>
  private let features: FeatureSet
  private let limits: ProgramLimits
  /// The names of the tools that came from the folders.
  private let loaded = Mutex<Set<String>>([])

  /// How long a program may take to describe itself.
  private static let describingTime = 5
  private static let manifestBytes = 256 << 10
  /// How many programs describe themselves at the same time.
  private static let describers = 8

  /// - Parameters:
  ///   - folders: absolute paths, or relative to where the server runs.
  ///   - features: where the tools are registered.
  ///   - limits: the most a call may cost.
  public init(_ folders: [String], for features: FeatureSet, limits: ProgramLimits = ProgramLimits()) {
    self.folders = Mutex(folders)
    self.features = features
    self.limits = limits
  }

  /// Looks into other folders from the next `load` on.
  public func setFolders(_ folders: [String]) { self.folders.withLock { $0 = folders } }

  /// Reads the folders, registers what is new, replaces what has changed and removes what is gone. Peers are told when the
  /// list of tools is another afterwards. To be called again when the folders may have changed, by one task at a time.
  /// - Parameter isOffered: whether a tool of this name is wanted.
  /// - Returns: why files that look like tools are none.
  @discardableResult
  public func load(where isOffered: (String) -> Bool = { _ in true }) async -> [Problem] {
    var problems: [Problem] = []
    var found: [(path: String, tool: ServerTool)] = []
    for folder in folders.withLock({ $0 }) {
      for candidate in await candidates(in: folder, &problems) {
        do throws(FeatureError) {
          let tool = try candidate.program.serverTool()
          if isOffered(tool.tool.name) { found.append((candidate.path, tool)) }
        } catch {
          problems.append(Problem(path: candidate.path, message: error.message))
        }
      }
    }
    let old = loaded.withLock { $0 }
    let refused = features.replace(tools: old, with: found.map(\.tool))
    for (index, error) in refused {
      problems.append(Problem(path: found[index].path, message: error.message))
    }
    let names = found.indices.filter { refused[$0] == nil }.map { found[$0].tool.tool.name }
    loaded.withLock { $0 = Set(names) }
    return problems
  }

  private typealias Candidate = (path: String, program: ProgramTool)

  private func candidates(in path: String, _ problems: inout [Problem]) async -> [Candidate] {
    let folder = Folder(path)
    guard !folder.isWritableByAll else {
      problems.append(Problem(path: path, message: "every user of this machine may change it: chmod o-w"))
      return []
    }
    let entries: [Folder.Entry]
    do throws(IOError) {
      entries = try folder.entries().filter(\.isFile)
    } catch {
      problems.append(Problem(path: path, message: error.message))
      return []
    }
    let sources = ToolSource.all(in: entries)
    // In the order of their names, however long each takes to describe itself.
    var outcomes = [Result<ProgramTool, Problem.Cause>?](repeating: nil, count: sources.count)
    await withTaskGroup(of: (Int, Result<ProgramTool, Problem.Cause>).self) { group in
      for (index, source) in sources.enumerated() {
        if index >= Self.describers, let (done, outcome) = await group.next() { outcomes[done] = outcome }
        group.addTask { [self] in (index, await program(source, in: folder)) }
      }
      for await (done, outcome) in group { outcomes[done] = outcome }
    }
    var candidates: [Candidate] = []
    for (source, outcome) in zip(sources, outcomes) {
      let file = "\(path)/\(source.file)"
      switch outcome {
      case .success(let program)?: candidates.append((file, program))
      case .failure(let cause)?: problems.append(Problem(path: file, message: cause.message))
      case nil: break
      }
    }
    return candidates
  }

  private func program(_ source: ToolSource, in folder: Folder) async -> Result<ProgramTool, Problem.Cause> {
    do {
      if let fault = source.fault { throw Problem.Cause(message: fault) }
      let text =
        if let manifest = source.manifest {
          try folder.contents(of: manifest, limit: Self.manifestBytes)
        } else {
          try await describe("\(folder.path)/\(source.file)", in: folder)
        }
      let manifest = try ProgramManifest(try JSON(parsing: text), name: source.name, limits: limits)
      guard let words = manifest.command ?? source.program.map({ ["./\($0)"] }) else {
        throw Problem.Cause(
          message: "there is no program '\(source.name)' beside it that may be executed, and no run.command")
      }
      return .success(ProgramTool(manifest: manifest, command: absolute(words, in: folder), folder: folder.path))
    } catch let cause as Problem.Cause {
      return .failure(cause)
    } catch let error as JSONError {
      return .failure(Problem.Cause(message: "the manifest is no JSON: \(error)"))
    } catch let error as IOError {
      return .failure(Problem.Cause(message: error.message))
    } catch {
      return .failure(Problem.Cause(message: "\(error)"))
    }
  }

  /// The program as it is found from any directory; one without a slash is looked up in PATH.
  private func absolute(_ words: [String], in folder: Folder) -> [String] {
    guard let first = words.first, first.contains("/"), !first.hasPrefix("/") else { return words }
    let path = first.hasPrefix("./") ? String(first.dropFirst(2)) : first
    let root = Folder.absolute(folder.path) ?? folder.path
    return ["\(root)/\(path)"] + words.dropFirst()
  }

  private func describe(_ path: String, in folder: Folder) async throws -> [UInt8] {
    var configuration = ChildProcess.Configuration(
      Folder.absolute(path) ?? path, ["--describe"], environment: .selected(ProgramManifest.alwaysSeen),
      directory: folder.path, standardError: .capture())
    configuration.limits.processorSeconds = UInt32(Self.describingTime)
    let described = await within(.seconds(Self.describingTime)) { [configuration] in
      do throws(IOError) {
        return Result<ChildProcess.Outcome, IOError>.success(
          try await ChildProcess.run(configuration, input: [], outputLimit: Self.manifestBytes))
      } catch {
        return .failure(error)
      }
    }
    guard let outcome = try described?.get() else {
      throw Problem.Cause(
        message: "it did not describe itself within \(Self.describingTime) s: answer --describe, or add a manifest")
    }
    guard outcome.status.isSuccess else {
      throw Problem.Cause(
        message: "run with --describe, it \(outcome.status): print a manifest then, or put one into \(path).json")
    }
    return outcome.output
  }
}

extension ToolFolders.Problem {
  fileprivate struct Cause: Error { let message: String }
}
