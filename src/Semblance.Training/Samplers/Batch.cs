namespace Semblance.Training;

/// <summary>Rows that are trained on together.</summary>
/// <param name="Rows">The places of the rows in their data set, from 0.</param>
/// <param name="Dataset">The place of the data set among several, from 0.</param>
public sealed record Batch(IReadOnlyList<int> Rows, int Dataset = 0);
