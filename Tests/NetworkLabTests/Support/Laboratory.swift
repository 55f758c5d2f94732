import NetworkTestKit
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips the test where there can be no laboratory, and says why.
    static var laboratory: Self { .enabled(if: Lab.obstacle == nil, Comment(rawValue: Lab.obstacle ?? "")) }

    /// The same for routers that map ports.
    static var mappingRouter: Self {
        .enabled(if: Lab.mappingObstacle == nil, Comment(rawValue: Lab.mappingObstacle ?? ""))
    }
}
