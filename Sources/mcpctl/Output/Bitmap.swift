// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO

/// The pixels of a picture, for terminals that do not read files.
struct Bitmap {
  /// The most pixels that are looked at.
  static let limit = 4 << 20
  /// Wider pictures are made smaller.
  static let widest = 800

  private(set) var width: Int
  private(set) var height: Int
  /// Red, green, blue and opacity of each, row by row.
  private(set) var pixels: [UInt8]

  /// Reads a PNG of 8 bits a sample that is not interlaced, as nearly all are; nil for any other.
  init?(png bytes: [UInt8]) {
    guard let chunks = Self.chunks(of: bytes), let header = chunks.first, header.kind == "IHDR", header.data.count == 13
    else { return nil }
    let data = Array(header.data)
    (width, height) = (Self.number(data[0..<4]), Self.number(data[4..<8]))
    guard width > 0, height > 0, width <= Self.limit, height <= Self.limit / width, data[8] == 8, data[12] == 0,
      let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][Int(data[9])]
    else { return nil }
    let packed = chunks.filter { $0.kind == "IDAT" }.flatMap(\.data)
    let stride = width * samples
    guard var rows = inflated(packed, to: height * (stride + 1)), Self.unfilter(&rows, stride, height, samples) else {
      return nil
    }
    let palette = Array(chunks.first { $0.kind == "PLTE" }?.data ?? [])
    let opacity = Array(chunks.first { $0.kind == "tRNS" }?.data ?? [])
    pixels = []
    pixels.reserveCapacity(width * height * 4)
    for row in 0..<height {
      for column in 0..<width {
        let place = row * (stride + 1) + 1 + column * samples
        let sample = rows[place]
        switch data[9] {
        case 0: pixels += [sample, sample, sample, 255]
        case 2: pixels += [sample, rows[place + 1], rows[place + 2], 255]
        case 3:
          let entry = Int(sample) * 3
          guard entry + 2 < palette.count else { return nil }
          pixels += palette[entry...entry + 2] + [Int(sample) < opacity.count ? opacity[Int(sample)] : 255]
        case 4: pixels += [sample, sample, sample, rows[place + 1]]
        default: pixels += rows[place...place + 3]
        }
      }
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// The parts of a PNG, checksums aside; nil when it is none or ends too early.
  private static func chunks(of bytes: [UInt8]) -> [(kind: String, data: ArraySlice<UInt8>)]? {
    guard Picture(bytes: bytes, placeholder: "").isPNG else { return nil }
    var chunks: [(kind: String, data: ArraySlice<UInt8>)] = []
    var place = 8
    while place + 12 <= bytes.count {
      let count = number(bytes[place..<place + 4])
      guard count <= bytes.count - place - 12 else { return nil }
      let kind = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
      chunks.append((kind, bytes[place + 8..<place + 8 + count]))
      if kind == "IEND" { return chunks }
      place += count + 12
    }
    return nil
  }

  /// Makes the samples of each row out of what its filter left of them.
  private static func unfilter(_ rows: inout [UInt8], _ stride: Int, _ height: Int, _ samples: Int) -> Bool {
    for row in 0..<height {
      let start = row * (stride + 1)
      let filter = rows[start]
      guard filter <= 4 else { return false }
      for column in 1...stride {
        let place = start + column
        let left = column > samples ? Int(rows[place - samples]) : 0
        let above = row > 0 ? Int(rows[place - stride - 1]) : 0
        let corner = row > 0 && column > samples ? Int(rows[place - stride - 1 - samples]) : 0
        let guess =
          switch filter {
          case 1: left
          case 2: above
          case 3: (left + above) / 2
          case 4: paeth(left, above, corner)
          default: 0
          }
        rows[place] = UInt8(truncatingIfNeeded: Int(rows[place]) + guess)
      }
    }
    return true
  }

  /// RFC 2083, section 6.6.
  private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> Int {
    let estimate = left + above - corner
    let (toLeft, toAbove, toCorner) = (abs(estimate - left), abs(estimate - above), abs(estimate - corner))
    if toLeft <= toAbove && toLeft <= toCorner { return left }
    return toAbove <= toCorner ? above : corner
  }
}

// MARK: - Sixels

extension Bitmap {
  /// The picture in sixels, in 216 colours, no wider than `widest`.
  var sixel: String {
    let step = (width + Self.widest - 1) / Self.widest
    let (columns, rows) = (max(width / step, 1), max(height / step, 1))
    // The colour of each pixel; nil where nothing is.
    func color(_ column: Int, _ row: Int) -> Int? {
      let place = (row * step * width + column * step) * 4
      guard pixels[place + 3] >= 128 else { return nil }
      return (0..<3).reduce(0) { $0 * 6 + (Int(pixels[place + $1]) * 5 + 127) / 255 }
    }
    var text = "\u{1B}P0;1q\"1;1;\(columns);\(rows)"
    var known: Set<Int> = []
    for top in stride(from: 0, to: rows, by: 6) {
      var lines: [Int: [UInt8]] = [:]
      for row in top..<min(top + 6, rows) {
        for column in 0..<columns {
          guard let color = color(column, row) else { continue }
          lines[color, default: [UInt8](repeating: 0, count: columns)][column] |= 1 << UInt8(row - top)
        }
      }
      for (color, line) in lines.sorted(by: { $0.key < $1.key }) {
        text += "#\(color)"
        if known.insert(color).inserted {
          text += ";2;\(color / 36 * 20);\(color / 6 % 6 * 20);\(color % 6 * 20)#\(color)"
        }
        text += Self.packed(line) + "$"
      }
      text += "-"
    }
    return text + "\u{1B}\\"
  }

  /// A line of sixels, repetitions counted.
  private static func packed(_ line: [UInt8]) -> String {
    var text = ""
    var place = 0
    while place < line.count {
      var end = place + 1
      while end < line.count, line[end] == line[place] { end += 1 }
      let character = String(UnicodeScalar(line[place] + 63))
      text += end - place > 3 ? "!\(end - place)\(character)" : String(repeating: character, count: end - place)
      place = end
    }
    return text
  }
}
