namespace Semblance;

/// <summary>How far an encoding is.</summary>
/// <param name="Done">Texts encoded.</param>
/// <param name="Total">Texts in all.</param>
public readonly record struct EncodeProgress(int Done, int Total);
