using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Some of several things, drawn by chance.</summary>
internal static class Sample
{
    /// <summary><paramref name="count"/> of the items without putting back, in their order; all where that is fewer or the computation has no seed.</summary>
    public static IReadOnlyList<T> Of<T>(Computation run, IReadOnlyList<T> items, int count) =>
        count < items.Count && run.NextSeed() is { } seed
            ? [.. Permutation.Of(items.Count, (long)seed, 0).Take(count).Order().Select(i => items[i])]
            : items;
}
