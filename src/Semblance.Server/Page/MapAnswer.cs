namespace Semblance.Server.Page;

/// <summary>Represents a map of texts.</summary>
/// <param name="Points">The coordinates of each text, x and y.</param>
/// <param name="Groups">The group of each text, from 0.</param>
/// <param name="Words">The most typical words of each group.</param>
internal sealed record MapAnswer(IReadOnlyList<float[]> Points, IReadOnlyList<int> Groups, IReadOnlyList<string[]> Words);
