// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the system says of this process.
package struct ProcessFigures: Sendable, Hashable {
  /// Time on processors, in seconds.
  package var userTime = 0.0
  package var systemTime = 0.0
  package var residentBytes = 0
  package var peakBytes = 0
  package var virtualBytes = 0
  package var threads = 0
  package var openFiles = 0
  package var mostFiles = 0
  /// Times a thread waited by itself, and times it was made to.
  package var voluntarySwitches = 0
  package var involuntarySwitches = 0
  /// Seconds since 1970.
  package var start = 0.0

  /// The process's number.
  package static var id: Int { Int(getpid()) }

  /// Nothing known.
  package static let none = ProcessFigures(unknown: ())

  private init(unknown: ()) {}

  /// Asks now. What the system does not tell stays zero.
  package init() {
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      userTime = usage.ru_utime.seconds
      systemTime = usage.ru_stime.seconds
      voluntarySwitches = usage.ru_nvcsw
      involuntarySwitches = usage.ru_nivcsw
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      mostFiles = Int(clamping: limit.rlim_cur)
    }
    let status = ProcFile.fields("/proc/self/status")
    residentBytes = (status["VmRSS"] ?? 0) << 10
    peakBytes = (status["VmHWM"] ?? 0) << 10
    virtualBytes = (status["VmSize"] ?? 0) << 10
    threads = status["Threads"] ?? 0
    openFiles = ProcFile.entries("/proc/self/fd").count
    start = Self.startTime
  }

  /// The 22nd field of `stat` counts clock ticks since the machine started, which `/proc/stat` knows.
  private static let startTime: Double = {
    let boot = ProcFile.text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
    guard let since = boot.flatMap({ Double($0.dropFirst(6)) }),
      let ticks = ProcFile.afterName("/proc/self/stat").dropFirst(19).first.flatMap({ Double($0) })
    else { return 0 }
    return since + ticks / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
  }()

  /// Writes what Prometheus' own clients call these.
  package func write(to text: inout MetricsText) {
    text.counter("process_cpu_seconds_total", "User and system time, in seconds.", userTime + systemTime)
    text.gauge("process_resident_memory_bytes", "Resident memory.", Double(residentBytes))
    text.gauge("process_virtual_memory_bytes", "Virtual memory.", Double(virtualBytes))
    text.gauge("process_open_fds", "Open file descriptors.", Double(openFiles))
    text.gauge("process_max_fds", "Most file descriptors that may be open.", Double(mostFiles))
    text.gauge("process_threads", "Threads.", Double(threads))
    text.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", start)
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

/// Reads the small files of `/proc`.
package enum ProcFile {
  /// The text of a file; empty when it cannot be read.
  package static func text(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count < 1 << 20 {
      let piece = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      guard !piece.isEmpty else { break }
      bytes += piece
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The numbers of a file with lines such as `VmRSS:  1234 kB`, by their names.
  package static func fields(_ path: String) -> [String: Int] {
    var fields: [String: Int] = [:]
    for line in text(path).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let number = parts[1].split(whereSeparator: { $0 == " " || $0 == "\t" }).first else {
        continue
      }
      fields[String(parts[0])] = Int(number)
    }
    return fields
  }

  /// The fields of a `stat` file that follow the program's name, which may hold spaces.
  package static func afterName(_ path: String) -> [Substring] {
    let text = text(path)
    guard let end = text.lastIndex(of: ")") else { return [] }
    return text[text.index(after: end)...].split(separator: " ")
  }

  /// The names in a folder.
  package static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
