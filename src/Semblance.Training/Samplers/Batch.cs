namespace Semblance.Training;

/// <summary>Represents a batch: rows that are trained on together.</summary>
/// <param name="Rows">The indices of the rows in their data set, from 0.</param>
/// <param name="Dataset">The index of the data set among several, from 0.</param>
public sealed record Batch(IReadOnlyList<int> Rows, int Dataset = 0);
