namespace Semblance;

/// <summary>
/// Collects the best of all offered results; thread-safe. The result does not depend on the
/// order of the offers or on the threads.
/// </summary>
/// <remarks>
/// Results are appended to the best ones of the last selection; when there are half as many again, the next selection keeps the
/// best. This takes constant time per result, where a heap takes logarithmic time.
/// </remarks>
/// <param name="capacity">The maximum number of results to keep.</param>
/// <param name="minimum">The minimum score of a result.</param>
internal sealed class Best<T>(int capacity, float minimum)
    where T : struct, IRanked<T>
{
    private readonly Lock _gate = new();
    private readonly int _limit = (int)Math.Min(Array.MaxLength, capacity + (capacity / 2L) + 16);
    private T[] _items = [];
    private int _count;
    private float _threshold = minimum;
    private T? _worst;

    /// <summary>Gets a score below which a result is certainly not among the best.</summary>
    public float Threshold => Volatile.Read(ref _threshold);

    /// <summary>Offers results, none of which is NaN.</summary>
    public void Add(params ReadOnlySpan<T> items)
    {
        lock (_gate)
        {
            foreach (var item in items)
            {
                if (_worst is { } worst ? item.Precedes(worst) : item.Score >= _threshold)
                {
                    Append(item);
                }
            }
        }
    }

    /// <summary>Returns a value that indicates whether a result is among the best, or would be.</summary>
    public bool Keeps(T item)
    {
        lock (_gate)
        {
            Cut();
            return _worst is not { } worst || !worst.Precedes(item);
        }
    }

    /// <summary>Returns the best results, in order.</summary>
    public T[] ToArray()
    {
        lock (_gate)
        {
            Cut();
            var best = _items.AsSpan(0, _count).ToArray();
            Array.Sort(best, Selection.Order<T>());
            return best;
        }
    }

    private void Append(T item)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, (int)Math.Min(_limit, Math.Max(16L, 2L * _count)));
        }

        _items[_count++] = item;
        if (_count == _limit)
        {
            Cut();
        }
    }

    private void Cut()
    {
        if (_count <= capacity - (_worst is null ? 1 : 0))
        {
            return;
        }

        Selection.BestFirst(_items.AsSpan(0, _count), capacity);
        _count = capacity;
        var worst = _items[capacity - 1];
        _worst = worst;
        Volatile.Write(ref _threshold, worst.Score);
    }
}
