namespace Semblance.Training;

/// <summary>Provides random permutations that depend only on a random seed and an epoch, and are the same on every machine.</summary>
internal static class Permutation
{
    /// <summary>Returns the numbers from 0 to <paramref name="count"/> − 1 in random order.</summary>
    public static int[] Of(int count, long seed, long epoch)
    {
        var order = Enumerable.Range(0, count).ToArray();
        Shuffle<int>(order, seed, epoch);
        return order;
    }

    /// <summary>Shuffles items (Fisher and Yates).</summary>
    public static void Shuffle<T>(Span<T> items, long seed, long epoch)
    {
        var state = Mix((ulong)seed) + (ulong)epoch;
        state = Mix(state);
        for (var i = items.Length - 1; i > 0; i--)
        {
            // SplitMix64 (Steele, Lea and Flood 2014), reduced to 0 … i by the upper half of a product (Lemire 2019).
            state += 0x9E3779B97F4A7C15;
            var j = (int)Math.BigMul(Mix(state), (ulong)i + 1, out _);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>
    /// Returns the numbers from 0 to <paramref name="count"/> − 1 in random order, generated one by one, for when only some are needed.
    /// </summary>
    public static IEnumerable<int> Lazily(int count, long seed, long epoch)
    {
        var state = Mix(Mix((ulong)seed) + (ulong)epoch);
        var moved = new Dictionary<int, int>();
        for (var i = 0; i < count; i++)
        {
            state += 0x9E3779B97F4A7C15;
            var j = i + (int)Math.BigMul(Mix(state), (ulong)(count - i), out _);
            yield return moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }
    }

    /// <summary>Computes the finalizer of SplitMix64.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
