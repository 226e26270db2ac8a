namespace Semblance;

/// <summary>Two clusters become one. Vectors are the clusters from 0 to n − 1, and merge i makes cluster n + i, as in SciPy's linkage matrices.</summary>
/// <param name="First">One of them, with the lower number.</param>
/// <param name="Second">The other.</param>
/// <param name="Distance">How far apart they are.</param>
/// <param name="Size">How many vectors both have together.</param>
public readonly record struct Merge(int First, int Second, double Distance, int Size);
