import Astro
import Foundation

extension SkyCap {
  /// A cap that holds some caps: about their mean direction.
  init(holding caps: [SkyCap]) {
    let sum = caps.reduce(Vector3.zero) { $0 + $1.centre }
    guard sum.norm > 1e-6 else {
      self.init(centre: Vector3(0, 0, 1), radius: .pi)
      return
    }
    let centre = sum.unit
    self.init(
      centre: centre, radius: caps.map { centre.angle(to: $0.centre) + $0.radius }.max() ?? .pi)
  }
}

/// Writes the index: a tree of sky caps, eight to a node, the leaves holding a block each.
struct IndexPacker {
  let memory: TableMemory
  let nodes: Int
  let levels: [(first: Int, count: Int)]

  /// Wider caps count as the whole sky.
  private static let widest = 2.0
  /// Floats round places by 1e-7.
  private static let rounding = 2e-6

  func fill(_ blocks: [SkyCap]) {
    var children = blocks
    for level in levels {
      var caps: [SkyCap] = []
      for group in 0..<level.count {
        let lanes = children[8 * group..<min(children.count, 8 * group + 8)]
        let at = nodes + NodeLayout.size * (level.first + group)
        for lane in 0..<8 {
          store(lane < lanes.count ? lanes[lanes.startIndex + lane] : nil, at: at + 4 * lane)
        }
        caps.append(SkyCap(holding: Array(lanes)))
      }
      children = caps
    }
  }

  /// Nil: a lane that holds nothing: no field comes near to a cosine of 4.
  private func store(_ cap: SkyCap?, at offset: Int) {
    var numbers: [Double] = [0, 0, 0, 4, 0]
    if let cap {
      let radius = cap.radius + Self.rounding
      let isWhole = !(radius < Self.widest)
      numbers = [
        cap.centre.x, cap.centre.y, cap.centre.z, isWhole ? -4 : cos(radius),
        isWhole ? 0 : sin(radius),
      ]
    }
    for (k, number) in numbers.enumerated() { memory.store(Float(number), at: offset + 32 * k) }
  }
}

extension NightTable {
  /// Fields wider than this are not looked up in the index [rad].
  private static let widestField = 1.0

  /// The blocks that may have pieces in a field, ascending.
  ///
  /// - Parameter radius: of the field with margins [rad].
  func blocks(near centre: Vector3, radius: Double) -> [Int] {
    guard blockCount > 0 else { return [] }
    guard radius <= Self.widestField else { return Array(0..<blockCount) }
    let x = Float(centre.x)
    let y = Float(centre.y)
    let z = Float(centre.z)
    // A float's rounding of the cosine.
    let cosine = Float(cos(radius)) - 5e-7
    let sine = Float(sin(radius))
    var found: [Int] = []
    var stack: [(level: Int, group: Int)] = [(levels.count - 1, 0)]
    while let (level, group) = stack.popLast() {
      let at = sections.nodes + NodeLayout.size * (levels[level].first + group)
      let dot =
        memory.load(SIMD8<Float>.self, at: at) * x + memory.load(SIMD8<Float>.self, at: at + 32) * y
        + memory.load(SIMD8<Float>.self, at: at + 64) * z
      let limit =
        memory.load(SIMD8<Float>.self, at: at + 96) * cosine
        - memory.load(SIMD8<Float>.self, at: at + 128) * sine
      let hits = dot .>= limit
      for lane in 0..<8 where hits[lane] {
        if level == 0 {
          found.append(8 * group + lane)
        } else {
          stack.append((level - 1, 8 * group + lane))
        }
      }
    }
    return found
  }
}
