namespace Semblance;

/// <summary>
/// Represents the merge of two clusters. Vectors are the clusters 0 to n − 1, and merge i creates cluster n + i, as in SciPy's linkage
/// matrices.
/// </summary>
/// <param name="First">The cluster with the lower number.</param>
/// <param name="Second">The other cluster.</param>
/// <param name="Distance">The distance of the clusters.</param>
/// <param name="Size">The number of vectors in the merged cluster.</param>
public readonly record struct Merge(int First, int Second, double Distance, int Size);
