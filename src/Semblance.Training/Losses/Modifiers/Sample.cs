using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Provides random samples without replacement.</summary>
internal static class Sample
{
    /// <summary>
    /// Returns <paramref name="count"/> of the items, sampled without replacement, in their order; all items if there are fewer or the
    /// computation has no random seed.
    /// </summary>
    public static IReadOnlyList<T> Of<T>(Computation run, IReadOnlyList<T> items, int count) =>
        count < items.Count && run.NextSeed() is { } seed
            ? [.. Permutation.Of(items.Count, (long)seed, 0).Take(count).Order().Select(i => items[i])]
            : items;
}
