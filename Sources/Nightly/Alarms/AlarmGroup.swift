/// Alarms of one kind with one advice, for people: a cloudy night has a hundred of them.
public struct AlarmGroup: Sendable {
  /// The first of them.
  public var shown: [Alarm]
  /// That are not shown.
  public var more = 0
  public var advice: String

  private static let mostShown = 6

  /// In the order of their first.
  public static func groups(_ alarms: [Alarm]) -> [AlarmGroup] {
    var groups: [AlarmGroup] = []
    var places: [Key: Int] = [:]
    for alarm in alarms {
      let key = Key(kind: alarm.kind, advice: alarm.advice)
      if let place = places[key] {
        if groups[place].shown.count < mostShown {
          groups[place].shown.append(alarm)
        } else {
          groups[place].more += 1
        }
      } else {
        places[key] = groups.count
        groups.append(AlarmGroup(shown: [alarm], advice: alarm.advice))
      }
    }
    return groups
  }

  private struct Key: Hashable {
    var kind: Alarm.Kind
    var advice: String
  }
}
