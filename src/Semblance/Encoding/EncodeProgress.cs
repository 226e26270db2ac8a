namespace Semblance;

/// <summary>Represents the progress of encoding.</summary>
/// <param name="Done">The number of texts encoded.</param>
/// <param name="Total">The number of all texts.</param>
public readonly record struct EncodeProgress(int Done, int Total);
