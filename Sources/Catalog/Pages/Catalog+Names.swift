import GRDB

/// The names of all objects that have orbits, in flat memory: 20 bytes an object.
public struct ObjectNames: Sendable {
  /// Ascending.
  public internal(set) var ids: [Int64] = []
  /// UTF-8; name i is `bytes[ends[i - 1]..<ends[i]]`.
  public internal(set) var bytes: [UInt8] = []
  public internal(set) var ends: [UInt32] = []

  public init() {}

  /// - Complexity: O(log n).
  public func index(of id: Int64) -> Int? {
    var low = 0
    var high = ids.count
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < ids.count && ids[low] == id ? low : nil
  }

  public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  public func name(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }
}

extension Catalog {
  /// The names of all objects that have orbits.
  public func objectNames() throws(CatalogError) -> ObjectNames {
    try read("reading names") { database in
      let reader = try RowReader(
        database, sql: "SELECT ssObjectId, designation FROM mpc_orbits ORDER BY ssObjectId")
      var names = ObjectNames()
      while try reader.next() {
        names.ids.append(reader.integer(0))
        names.bytes.append(contentsOf: reader.bytes(1))
        names.ends.append(UInt32(names.bytes.count))
      }
      return names
    }
  }
}
