namespace Semblance.Server.Collections;

/// <summary>Represents all collections.</summary>
/// <param name="Collections">The names.</param>
internal sealed record CollectionList(IReadOnlyList<string> Collections);
