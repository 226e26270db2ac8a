using System.Numerics;

namespace Semblance;

/// <summary>Orders and selects results.</summary>
internal static class Selection
{
    /// <summary>Returns the comparer that sorts the best results first.</summary>
    public static IComparer<T> Order<T>()
        where T : struct, IRanked<T> => RankComparer<T>.Instance;

    /// <summary>Moves the best <paramref name="count"/> results to the front, with the worst of these last.</summary>
    /// <remarks>Quickselect (Hoare): each round halves, on average, the part that contains the border.</remarks>
    public static void BestFirst<T>(Span<T> items, int count)
        where T : struct, IRanked<T>
    {
        int low = 0, high = items.Length - 1, border = count - 1;
        for (var rounds = 2 * BitOperations.Log2((uint)items.Length); low < high; rounds--)
        {
            if (rounds == 0)
            {
                items[low..(high + 1)].Sort(Order<T>()); // the pivots were bad
                return;
            }

            var pivot = Median(items[low], items[low + ((high - low) / 2)], items[high]);
            int left = low, right = high;
            while (left <= right)
            {
                while (items[left].Precedes(pivot))
                {
                    left++;
                }

                while (pivot.Precedes(items[right]))
                {
                    right--;
                }

                if (left <= right)
                {
                    (items[left], items[right]) = (items[right--], items[left++]);
                }
            }

            if (border <= right)
            {
                high = right;
            }
            else if (border >= left)
            {
                low = left;
            }
            else
            {
                return;
            }
        }
    }

    private static T Median<T>(T a, T b, T c)
        where T : struct, IRanked<T>
    {
        var (first, second) = a.Precedes(b) ? (a, b) : (b, a);
        return c.Precedes(first) ? first : c.Precedes(second) ? c : second;
    }

    private sealed class RankComparer<T> : IComparer<T>
        where T : struct, IRanked<T>
    {
        public static RankComparer<T> Instance { get; } = new();

        public int Compare(T x, T y) => x.Precedes(y) ? -1 : y.Precedes(x) ? 1 : 0;
    }
}
